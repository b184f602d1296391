"""The most memory that processes take, as Linux tells it; elsewhere nothing is seen.

Not by `wait4`: its figure of a child has the memory of the parent that started it.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_SAMPLES_A_SECOND = 50


@contextmanager
def watched(
    processes: Callable[[], Iterable[int]], figure: str
) -> Iterator[dict[int, int]]:
    """Yield the largest figure (bytes) seen so far of each of the processes.

    `processes` is asked again for every look at them.
    """
    peaks: dict[int, int] = {}
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(1 / _SAMPLES_A_SECOND):
            for process in processes():
                seen = status(process, figure) * 1024
                peaks[process] = max(peaks.get(process, 0), seen)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peaks
    finally:
        stop.set()
        thread.join()


def children(process: int) -> list[int]:
    """Return the processes that a process has started."""
    try:
        path = Path(f"/proc/{process}/task/{process}/children")
        return [int(child) for child in path.read_text().split()]
    except OSError:
        return []


def status(process: int, figure: str) -> int:
    """Return a number (memory in KB) of a process; 0: it is gone, or has none."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    found = [line.split()[1] for line in lines if line.startswith(f"{figure}:")]
    return int(found[0]) if found else 0


def program(process: int) -> str:
    """Return the name of a process's program; empty: there is no such process."""
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""
