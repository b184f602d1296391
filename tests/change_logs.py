"""Installs the change log on events of a test, and reads what it holds."""

from orchestration.core.connection import Connection
from orchestration.core.settings import TableName
from orchestration.source.table import init_events_table
from tests.events_tables import EVENTS, execute, fetch

# The moment before which changes are logged, as the triggers of `watched` see it.
NOW = "2024-03-10 12:00"
THRESHOLD = "2024-03-08 12:00"

Entries = list[tuple[str | None, str]]


def install(connection: Connection, table: TableName = EVENTS) -> list[str]:
    """Install the change log; return the lines that the steps are announced with."""
    lines: list[str] = []
    init_events_table(connection, table, lines.append, change_log=True)
    return lines


def remove(connection: Connection) -> list[str]:
    """Remove the change log; return the lines that the steps are announced with."""
    lines: list[str] = []
    init_events_table(connection, EVENTS, lines.append, change_log=False)
    return lines


def entries(connection: Connection, log: str = "events_change_log") -> Entries:
    """Return what the log holds, in the order in which it was logged."""
    return fetch(
        connection, f'select performed_at::text, operation from "{log}" order by ctid'
    )


def inserts(*times: str | None) -> list[str]:
    """Return statements that insert an event of user 1 for each time."""
    cells = ("null" if time is None else f"'{time}'" for time in times)
    return [
        f"insert into events (user_id, performed_at) values (1, {cell})"
        for cell in cells
    ]


def insert(connection: Connection, *times: str | None) -> None:
    """Insert an event for each time."""
    execute(connection, *inserts(*times))


def at(*times: str, operation: str) -> Entries:
    """Return entries of these times."""
    return [(f"{time}:00", operation) for time in times]


def watched_events(connection: Connection) -> None:
    """Install the log over the events, whose triggers find it to be NOW; empty it."""
    execute(
        connection,
        "create schema clock",
        "create function clock.now() returns timestamptz stable "
        f"return timestamptz '{NOW}+00'",
        "set search_path = clock, pg_catalog, public",
    )
    install(connection)
    execute(connection, "reset search_path", "delete from events_change_log")
