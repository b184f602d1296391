"""Makes events tables of all shapes, and tells which indexes they have."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg2
import pytest

from orchestration.core.connection import Connection
from orchestration.core.settings import TableName
from orchestration.source.table import init_events_table

EVENTS = TableName("public", "events")
COLUMNS = (
    "user_id int, course_id int, kind text, performed_at timestamp, properties jsonb"
)
COVERING = "(performed_at) INCLUDE (user_id, course_id)"
OF_NO_USER = "(performed_at) WHERE (user_id IS NULL)"
SERVING = "(performed_at) include (user_id, course_id)"
FOREIGN_SERVER = (
    "create foreign data wrapper away",
    "create server away foreign data wrapper away",
)


def init(connection: Connection, table: TableName = EVENTS) -> list[str]:
    """Run init; return the lines that it announces its steps with."""
    lines: list[str] = []
    init_events_table(connection, table, lines.append)
    return lines


def execute(connection: Connection, *statements: str) -> None:
    """Execute the statements one by one."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def fetch(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def indexes(connection: Connection) -> dict[str, str]:
    """Return all valid indexes of all tables: names, and what stands after USING."""
    rows = fetch(
        connection,
        "select c.relname, pg_get_indexdef(c.oid) from pg_index i "
        "join pg_class c on c.oid = i.indexrelid "
        "join pg_namespace n on n.oid = c.relnamespace "
        "where i.indisvalid and n.nspname !~ '^pg_'",
    )
    return {str(name): str(text).split("USING btree ")[1] for name, text in rows}


def statements_of(script: str) -> list[str]:
    """Return the statements of a dry run's script."""
    lines = [line for line in script.splitlines() if not line.startswith("--")]
    return "\n".join(lines).removesuffix(";").split(";\n")


def wait_until(connection: Connection, query: str) -> None:
    """Ask again until the query, on another session's state, is true."""
    while fetch(connection, query) != [(True,)]:
        pass


def in_background(action: Callable[[], object]) -> threading.Thread:
    """Start the action in a thread."""
    thread = threading.Thread(target=action)
    thread.start()
    return thread


def make_invalid_index(connection: Connection, other: Connection) -> None:
    """Cancel a concurrent build, which waits for `other`, as a user would."""
    execute(other, "lock table events in row exclusive mode")
    execute(connection, "set statement_timeout = 50")
    with pytest.raises(psycopg2.errors.QueryCanceled):
        execute(
            connection,
            f"create index concurrently events_performed_at_idx on events {SERVING}",
        )
    execute(connection, "reset statement_timeout")
    other.rollback()
