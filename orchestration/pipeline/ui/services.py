"""Dagster's processes: web server, daemon and code server, all or none of them."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from orchestration.core.address import Address
from orchestration.core.leashed import Leashed, Workplace, leashed
from orchestration.core.settings import project_dir
from orchestration.pipeline import instance
from orchestration.pipeline.ui.dagster_home import DagsterHome

_PROGRAMS = Path(sys.executable).parent


@contextmanager
def dagster_services(
    home: DagsterHome, address: Address, environment: Mapping[str, str]
) -> Iterator[Leashed]:
    """Start Dagster, and end all of it, a run in progress too, on leaving."""
    place = ["--host", address.host, "--port", str(address.port)]
    workspace = ["--workspace", str(files(instance) / "workspace.yaml")]
    dagster = [sys.executable, "-m", "dagster", "dev", *place, *workspace]
    # Dagster takes variables from a file .env in its working directory, which must not
    # lead it to another database than the one in use.
    workplace = Workplace("Dagster", home.folder, home.log, home.lock)
    variables = _environment(home, environment)
    _prepare(home, workplace, variables)
    with leashed(dagster, workplace, variables) as services:
        yield services


def _prepare(
    home: DagsterHome, workplace: Workplace, environment: Mapping[str, str]
) -> None:
    prepare = [sys.executable, "-m", "orchestration.pipeline.instance.prepare"]
    home.log.touch(mode=0o600)
    with home.log.open("wb") as log:
        done = subprocess.run(
            [*prepare, "--every-run"] if home.is_own else prepare,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=home.folder,
            check=False,
        )
    if done.returncode != 0:
        raise workplace.failure("did not start")


def _environment(home: DagsterHome, variables: Mapping[str, str]) -> dict[str, str]:
    return {
        **variables,
        "DAGSTER_HOME": str(home.folder),
        "FAST_DAU_PROJECT_DIR": str(project_dir()),
        "PATH": os.pathsep.join([str(_PROGRAMS), variables.get("PATH", os.defpath)]),
    }
