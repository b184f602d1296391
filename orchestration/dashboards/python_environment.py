"""Superset's own Python environment, whose packages do not go with this project's."""

import shutil
import subprocess
import sys
from pathlib import Path

from orchestration.core.errors import Failure
from orchestration.core.settings import ROOT
from orchestration.dashboards.bundle import BUNDLE

ENVIRONMENT = ROOT / ".venv-superset"
REQUIREMENTS = BUNDLE / "requirements.txt"
# Packages that this release of Superset needs are not built for later ones.
_PYTHONS = ("python3.12", "python3.11")


def superset_programs() -> Path:
    """Return the folder of Superset's programs; install what is not there yet.

    Raises Failure where that cannot be done.
    """
    pins = REQUIREMENTS.read_text()
    ready = ENVIRONMENT / "ready"
    programs = ENVIRONMENT / "bin"
    if not ready.exists() or ready.read_text() != pins:
        print(
            f"Setting up {ENVIRONMENT.name}, which takes some four minutes and 850 MB "
            "the first time …",
            flush=True,
        )
        ready.unlink(missing_ok=True)
        _run(_python(), "-m", "venv", ENVIRONMENT)
        pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        _run(programs / "python", *pip, "--requirement", REQUIREMENTS)
        ready.write_text(pins)
    return programs


def _python() -> str:
    if sys.version_info < (3, 13):
        return sys.executable
    for name in _PYTHONS:
        if found := shutil.which(name):
            return found
    raise Failure(
        "Superset needs Python 3.11 or 3.12, and neither is on the path: install one "
        "(on Debian: python3 and python3-venv)."
    )


def _run(*command: str | Path) -> None:
    if subprocess.run(command, check=False).returncode != 0:
        raise Failure(
            f"{ENVIRONMENT.name} could not be set up: see what pip printed above. "
            "Run it again to go on."
        )
