"""The commands of docs/spark.md do what it says."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from orchestration.settings import ROOT
from tests.commands import FAST_DAU
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions
from tests.rollup import Rollup

pytestmark = pytest.mark.spark

PAGE = (ROOT / "docs" / "spark.md").read_text()


@pytest.fixture
def environment(database_env: dict[str, str], folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a shell whose `fast-dau` has a home of its own."""
    environment = {
        **os.environ,
        "FAST_DAU_HOME": str(folder / "spark-page"),
        "PATH": f"{FAST_DAU.parent}{os.pathsep}{os.environ['PATH']}",
    }
    yield environment
    subprocess.run([FAST_DAU, "spark", "stop"], env=environment, check=True)


def test_who_tries_it_has_the_tables_on_spark(
    whole_rollup_in: Callable[[Definitions], Rollup],
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    rollup = whole_rollup_in(Definitions())
    rollup.insert(eventful_days(Random(1), datetime(2024, 5, 1), 9))
    rollup.insert(invalid_events(datetime(2024, 5, 10, 9)))
    (block,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    # What it installs is there, and not to be installed from the checkout again.
    commands = [line for line in block.splitlines() if not line.startswith("pip ")]
    assert len(commands) == len(block.splitlines()) - 1

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(commands)],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert re.search(r"PASS=\d+ WARN=0 ERROR=0 SKIP=0", done.stdout)
    assert "Spark has stopped." in done.stdout
