"""A user's own dbt project, as `fast-dau init --project` makes it."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from orchestration.core.manifest import manifest, models
from orchestration.core.plain_yaml import read_yaml
from orchestration.core.settings import PACKAGE, ROOT, as_vars, dbt_vars
from orchestration.trust.check.tables import recounted
from tests.commands import FAST_DAU, Ended


class OwnProject:
    """One in a folder; its programs run there, with nothing that tests set for dbt."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.made = self.run(FAST_DAU, "init", f"--project={folder}", cwd=folder.parent)
        assert self.made.returncode == 0, self.made.stderr
        file = folder / "dbt_project.yml"
        head, vars_, rest = file.read_text().partition("\nvars:\n")
        assert vars_
        given = "".join(
            f"  {name}: {json.dumps(value)}\n" for name, value in settings.items()
        )
        file.write_text(head + vars_ + given + rest)

    def run(
        self, *command: str | Path, cwd: Path | None = None, **variables: str
    ) -> Ended:
        """Run a program in the folder."""
        kept = {n: t for n, t in os.environ.items() if not n.startswith("DBT_")}
        return subprocess.run(
            command,
            cwd=cwd or self.folder,
            env={**kept, "USER": "zoe", **variables},
            capture_output=True,
            text=True,
            check=False,
        )


def as_of(now: datetime, **variables: Any) -> str:
    """Return the option that gives a run this clock, in UTC, and other variables."""
    given = {"fast_dau_run_at": f"{now:%Y-%m-%dT%H:%M:%SZ}", **variables}
    return f"--vars={json.dumps(given)}"


_CACHED = (dbt_vars, read_yaml, manifest, models, recounted)


@contextmanager
def at_work(folder: Path) -> Iterator[None]:
    """Have the commands of this process work on the project, and on no other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAST_DAU_PROJECT_DIR", str(folder))
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        parsed = cache(lambda _: _parsed(folder))
        patch.setattr("tests.rollup.parsed_for", parsed)
        for found in _CACHED:
            found.cache_clear()
        yield
    for found in _CACHED:
        found.cache_clear()


@contextmanager
def described(folder: Path, **variables: Any) -> Iterator[None]:
    """Have them work on one in this folder that has variables, and no models."""
    project = {"name": "own", "profile": PACKAGE, "vars": as_vars(variables)}
    (folder / "dbt_packages" / PACKAGE).mkdir(parents=True, exist_ok=True)
    (folder / "dbt_project.yml").write_text(json.dumps(project))
    with at_work(folder), pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_PROFILES_DIR", str(ROOT))
        yield


def _parsed(folder: Path) -> Manifest:
    flags = [f"--project-dir={folder}", f"--profiles-dir={folder}", "--log-level=none"]
    result = dbtRunner().invoke(["parse", *flags, "--log-level-file=none"]).result
    assert isinstance(result, Manifest)
    result.disabled.clear()  # dbt fails in copying them
    return result
