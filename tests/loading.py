"""Loads files into a test's events table, and reads back what is there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from orchestration.core.connection import Connection
from orchestration.source.loading.load import Loaded, Options, load_events
from orchestration.source.table import init_events_table
from tests.events_tables import EVENTS, fetch


def make_events_table(connection: Connection) -> Connection:
    """Make an empty events table as `fast-dau init` does; return the connection."""
    init_events_table(connection, EVENTS, lambda _: None)
    return connection


def load(
    connection: Connection,
    path: Path,
    progress: Callable[[int, int | None], None] = lambda done, total: None,  # noqa: ARG005  # called so
    **options: Any,
) -> Loaded:
    """Load the file into `EVENTS`; `options` are those of load.Options."""
    return load_events(connection, EVENTS, path, Options(**options), progress)


def stored(connection: Connection, columns: str = "*") -> list[tuple[Any, ...]]:
    """Return the events in the order in which they were loaded."""
    return fetch(connection, f"select {columns} from events order by ctid")
