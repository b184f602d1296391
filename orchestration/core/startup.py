"""Waits for a program that was started, and quotes it where it does not do well."""

import re
import time
from collections.abc import Callable
from pathlib import Path

from orchestration.core.errors import Failure
from orchestration.core.files import last_lines

_PATIENCE_SECONDS = 180
_COLOURS = re.compile(r"\x1b\[[\d;]*m")


def wait_until_up(
    name: str, log: Path, is_up: Callable[[], bool], is_alive: Callable[[], bool]
) -> None:
    """Return once the program is up.

    Raises Failure where it ends before, or takes too long.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        # Asked first: one that has ended has written all of its log by then.
        is_over = not is_alive() or time.monotonic() > deadline
        if is_up():
            return
        if is_over:
            raise failed(name, "did not start", log)
        time.sleep(0.05)


def failed(name: str, what: str, log: Path) -> Failure:
    """Return what to raise where a program did not do as it should: its last lines."""
    text = _COLOURS.sub("", log.read_text(errors="replace"))
    return Failure(f"{name} {what}: {last_lines(text)} (log: {log}).")
