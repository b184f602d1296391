"""What the tests take from the shell that starts them, and from the clock."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.core.settings import ROOT
from tests.foreign_shell import foreign_variables
from tests.midnight import seconds_to_wait

_START = """
import os, subprocess, sys
from tests.surroundings import leave_the_shell_behind
leave_the_shell_behind()
print(*sorted(os.environ))
subprocess.run(["sh", "-c", "kill -INT $$; kill -HUP $$; echo deaf"], check=False)
"""


def test_nothing_that_this_project_obeys_is_left_of_a_foreign_shell(
    tmp_path: Path,
) -> None:
    """Nor are the children of deaf tests deaf."""
    shell = {**foreign_variables(tmp_path, tmp_path), "FAST_DAU_DAYS": "4"}
    deaf = ["sh", "-c", 'trap "" HUP INT; exec "$@"', "sh"]
    done = subprocess.run(
        [*deaf, sys.executable, "-c", _START],
        cwd=ROOT,
        env=shell,
        capture_output=True,
        text=True,
        check=True,
    )

    left, *heard = done.stdout.splitlines()
    assert heard == []
    assert set(left.split()) - set(os.environ) <= {
        "FAST_DAU_DAYS",
        "HTTP_PROXY",
        "LANG",
        "LANGUAGE",
        "LC_ALL",
        "LC_CTYPE",
        "PYTHONHASHSEED",
        "TMPDIR",
        "TZ",
        "http_proxy",
    }
    assert {"FAST_DAU_DAYS", "TZ", "no_proxy"} <= set(left.split())


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        (datetime(2024, 3, 1, 23, 55), 0),
        (datetime(2024, 3, 1, 23, 57), 181),
        (datetime(2024, 3, 2, 0, 0), 0),
    ],
)
def test_a_test_that_midnight_would_interrupt_waits_for_it(
    now: datetime, seconds: float
) -> None:
    assert seconds_to_wait(now) == seconds
