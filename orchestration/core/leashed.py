"""A server of another project, on a leash: it ends when this process does."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.core.errors import Failure
from orchestration.core.startup import failed, wait_until_up


@dataclass(frozen=True)
class Workplace:
    """Where a program works: its folder, its messages, and the lock that it holds."""

    name: str
    folder: Path
    log: Path
    lock: int

    def failure(self, what: str) -> Failure:
        """Return what to raise where the program did not do as it should."""
        return failed(self.name, what, self.log)


class Leashed:
    """The program at work."""

    def __init__(self, leash: subprocess.Popen[bytes], workplace: Workplace) -> None:
        self._leash = leash
        self._workplace = workplace

    def wait_until_up(self, answers: Callable[[], bool]) -> None:
        """Return once it answers. Raises Failure where it does not."""
        place, leash = self._workplace, self._leash
        wait_until_up(place.name, place.log, answers, lambda: leash.poll() is None)

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
