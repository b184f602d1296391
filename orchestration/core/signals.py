"""Turns a request to end into an ordinary exit, so that the server is let go."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def orderly_exit() -> Iterator[None]:
    """Leave by SystemExit (128 + signal) on SIGTERM and SIGHUP, as a shell reports it.

    Signals that the program handles or ignores already are left to it.
    """
    taken = []
    if threading.current_thread() is threading.main_thread():
        taken = [name for name in _SIGNALS if signal.getsignal(name) is signal.SIG_DFL]
    for name in taken:
        signal.signal(name, _exit)
    try:
        yield
    finally:
        for name in taken:
            signal.signal(name, signal.SIG_DFL)


@contextmanager
def interrupts_left_to_child() -> Iterator[threading.Event]:
    """Leave Ctrl-C to a child process, which gets it too; the event says it came."""
    came = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield came
        return
    before = signal.signal(signal.SIGINT, lambda *_: came.set())
    try:
        yield came
    finally:
        signal.signal(signal.SIGINT, before)


def _exit(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
