"""The commands of docs/spark.md do what it says, and what a crash leaves is cured."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from orchestration.core.errors import UserError
from orchestration.core.settings import ROOT
from orchestration.spark import cluster as clusters
from orchestration.spark import processes
from orchestration.spark.home import SparkHome
from orchestration.spark.java import require_java
from orchestration.spark.processes import Role
from tests.commands import FAST_DAU
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions
from tests.rollup import Rollup
from tests.spark_fixtures import QUICK_SPARK

pytestmark = pytest.mark.spark

PAGE = (ROOT / "docs" / "spark.md").read_text()


class Shell:
    """A shell whose `fast-dau` has a home of its own."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.spark = SparkHome(home / "spark")
        self._folder = folder
        self._environment = {
            **os.environ,
            "FAST_DAU_HOME": str(home),
            "PATH": f"{FAST_DAU.parent}{os.pathsep}{os.environ['PATH']}",
        }

    def use_quick_java(self) -> None:
        """Have all of Spark run as the session's does, which it is not told here."""
        own = self._folder / "java" / "bin" / "java"
        own.parent.mkdir(parents=True)
        java = require_java(os.environ)
        options = [
            QUICK_SPARK["spark.driver.extraJavaOptions"],
            *(
                f"-D{name}={text}"
                for name, text in QUICK_SPARK.items()
                if not name.endswith("JavaOptions")
            ),
        ]
        own.write_text(f'#!/bin/sh\nexec "{java}" {" ".join(options)} "$@"\n')
        own.chmod(0o755)
        self._environment["JAVA_HOME"] = str(own.parent.parent)

    def run(self, *commands: str) -> subprocess.CompletedProcess[str]:
        """Run these commands one after the other, up to one that fails."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(commands)],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


@pytest.fixture
def shell(
    database_env: dict[str, str], folder: Path, tmp_path: Path
) -> Iterator[Shell]:
    """A shell in a folder of its own, and on the test's database."""
    shell = Shell(folder / "the page's home", tmp_path)
    # Where there is no Java, the commands say so.
    with suppress(UserError):
        shell.use_quick_java()
    yield shell
    clusters.stop(shell.spark)


def test_who_tries_it_has_the_tables_on_spark_also_after_a_crash(
    whole_rollup_in: Callable[[Definitions], Rollup], shell: Shell
) -> None:
    rollup = whole_rollup_in(Definitions())
    rollup.insert(eventful_days(Random(1), datetime(2024, 5, 1), 9))
    rollup.insert(invalid_events(datetime(2024, 5, 10, 9)))
    (block,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    # What it installs is there, and not to be installed from the checkout again.
    install, *commands, stop = block.splitlines()
    assert install.startswith("pip install ")
    assert stop == "fast-dau spark stop"

    tried = shell.run(*commands)

    assert tried.returncode == 0, tried.stdout
    assert re.search(r"PASS=\d+ WARN=0 ERROR=0 SKIP=0", tried.stdout)
    cluster = clusters.find(shell.spark)
    assert cluster is not None
    query = "select * from analytics.daily_active_users order by activity_date"
    before = cluster.query(query)

    os.kill(cluster.pids(Role.THRIFT_SERVER)[0], signal.SIGKILL)
    broken = shell.run("fast-dau spark status")
    restarted = shell.run("fast-dau spark start")
    after = cluster.query(query)
    stopped = shell.run(stop, "fast-dau spark stop")

    assert broken.returncode == 1
    assert f"not whole, at 127.0.0.1:{cluster.port}\n" in broken.stdout
    assert restarted.returncode == 0, restarted.stdout
    assert len(before) > 1
    assert after == before
    said = re.findall(r"^Spark .*", stopped.stdout, re.MULTILINE)
    assert said == ["Spark has stopped.", "Spark was not running."]
    assert processes.pids(shell.spark.folder) == []
