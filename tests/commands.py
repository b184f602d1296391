"""Runs the real commands of this environment, as a user would."""

import subprocess
import sys
from pathlib import Path

FAST_DAU = Path(sys.executable).parent / "fast-dau"


def run_cli(*args: str, input: str | None = None) -> subprocess.CompletedProcess[str]:  # noqa: A002  # as subprocess.run calls it
    """Run `fast-dau` with these arguments in the test's environment.

    The exit code and both outputs are the caller's to judge. Without `input` the
    command finds its standard input at its end.
    """
    return subprocess.run(
        [FAST_DAU, *args],
        input=input or "",
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def answer(*arguments: str) -> str:
    """Return what a command prints, which must succeed and complain of nothing."""
    done = run_cli(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
