"""A copy of the checkout, with an environment of its own, anywhere."""

import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

from orchestration.core.errors import Failure

_PROGRAM = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys
from {module} import {name}
sys.exit({function}())
"""


def copy_checkout(checkout: Path, target: Path) -> None:
    """Copy what git knows of the checkout, and what it would not ignore.

    As it stands, with what is not committed yet. Raises Failure where git cannot say.
    """
    # Whoever the checkout belongs to: nothing of it is run by git.
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(
        [*git, "--cached", "--others", "--exclude-standard"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        raise Failure(f"git cannot list the project's files: {listed.stderr.strip()}.")
    for name in filter(None, listed.stdout.split("\0")):
        if (checkout / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(checkout / name, target / name)


def make_environment(environment: Path, python: str) -> None:
    """Make one that has this one's packages and the copy's code.

    Its programs name their interpreter as pip's do where the path has blanks.
    """
    isolated = [python, "-I", "-m", "venv", "--without-pip", str(environment)]
    subprocess.run(isolated, check=True)
    [packages] = environment.glob("lib/*/site-packages")
    [installed] = Path(sys.prefix).glob("lib/*/site-packages")
    paths = [str(environment.parent), str(installed)]
    (packages / "elsewhere.pth").write_text(f"import sys; sys.path += {paths!a}\n")
    for program in entry_points(group="console_scripts"):
        path = environment / "bin" / program.name
        path.write_text(
            _PROGRAM.format(
                python=environment / "bin" / "python",
                module=program.module,
                name=program.attr.partition(".")[0],
                function=program.attr,
            )
        )
        path.chmod(0o755)
