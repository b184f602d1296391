"""A server of another project, on a leash: it ends when this process does."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.core.errors import Failure
from orchestration.core.files import last_lines

_PATIENCE_SECONDS = 180
_COLOURS = re.compile(r"\x1b\[[\d;]*m")


@dataclass(frozen=True)
class Workplace:
    """Where a program works: its folder, its messages, and the lock that it holds."""

    name: str
    folder: Path
    log: Path
    lock: int

    def failure(self, what: str) -> Failure:
        """Return what to raise where the program did not do as it should."""
        text = _COLOURS.sub("", self.log.read_text(errors="replace"))
        return Failure(f"{self.name} {what}: {last_lines(text)} (log: {self.log}).")


class Leashed:
    """The program at work."""

    def __init__(self, leash: subprocess.Popen[bytes], workplace: Workplace) -> None:
        self._leash = leash
        self._workplace = workplace

    def wait_until_up(self, answers: Callable[[], bool]) -> None:
        """Return once it answers. Raises Failure where it does not."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not answers():
            if self._leash.poll() is not None or time.monotonic() > deadline:
                raise self._workplace.failure("did not start")
            time.sleep(0.05)

    def wait_until_ended(self) -> None:
        """Wait for its end, of which nobody has asked it: raise Failure."""
        self._leash.wait()
        raise self._workplace.failure("has ended by itself")


@contextmanager
def leashed(
    program: Sequence[str | Path], workplace: Workplace, environment: Mapping[str, str]
) -> Iterator[Leashed]:
    """Start the program, and end all that it has started on leaving."""
    with workplace.log.open("ab") as log:
        leash = subprocess.Popen(
            [sys.executable, "-m", "orchestration.core.leash", *program],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=workplace.folder,
            # Ctrl-C is for this process, which then ends the others in order.
            start_new_session=True,
            # Held until the last of them has ended, even if this process is killed.
            pass_fds=[workplace.lock],
        )
    try:
        yield Leashed(leash, workplace)
    finally:
        with _undisturbed():
            leash.communicate()  # closes the pipe, and waits


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no second Ctrl-C stop what the first one has begun."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
