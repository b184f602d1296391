"""Ctrl-C while a server is asked something: the query is cancelled."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakSet

from psycopg2.extensions import connection as Connection  # noqa: N812  # it is a type

_ENDING = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
_OPEN: WeakSet[Connection] = WeakSet()


def note_open(connection: Connection) -> None:
    """Note a connection whose queries a signal is to cancel."""
    _OPEN.add(connection)


@contextmanager
def cancelling_queries() -> Iterator[threading.Event]:
    """Cancel what the open connections ask where a signal asks the process to end.

    Python handles a signal once libpq has an answer, which may take an hour. The event
    says that there was Ctrl-C, so that a query which the server says was cancelled is
    no error of its own.
    """
    was_asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield was_asked
        return
    reading, writing = socket.socketpair()
    with reading:
        with writing:
            writing.setblocking(False)  # the socket's own parameter
            before = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
            watcher = threading.Thread(
                target=_cancel, args=(reading, was_asked), daemon=True
            )
            watcher.start()
            try:
                yield was_asked
            finally:
                signal.set_wakeup_fd(before)
        watcher.join()


def _cancel(signals: socket.socket, was_asked: threading.Event) -> None:
    while numbers := signals.recv(16):
        if _ENDING.intersection(numbers):
            if signal.SIGINT in numbers:
                was_asked.set()
            for connection in list(_OPEN):
                if not connection.closed:
                    connection.cancel()
