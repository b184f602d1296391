"""Kernel file locks: a killed process gives them up, so nothing can go stale."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.core.errors import Failure


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Hold the lock together with others, waiting while one has it alone."""
    with _opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock alone, waiting until everyone else has released it."""
    with _opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def exclusive_if_free(path: Path) -> Iterator[int | None]:
    """Hold the lock alone and give its descriptor, or None where others have it.

    The lock belongs to the open file: programs that inherit the descriptor keep
    it after this process has closed its own.
    """
    with _opened(path) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield descriptor


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Failure(
            f"The lock file {path} cannot be opened ({error.strerror}): set "
            "FAST_DAU_HOME to a folder of your own."
        ) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)
