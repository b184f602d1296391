"""What a terminal of another alphabet gets to read."""

import os
import subprocess
import sys

_COMMAND = """
from orchestration import cli
cli.app = lambda: print("Reading … Zoë")
cli.main()
"""


def test_letters_that_a_terminal_lacks_are_numbers_and_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("latin-1") == "Reading \\u2026 Zoë\n"
