"""A database of the benchmark's own, filled with synthetic events."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from time import perf_counter

from orchestration.cli.generate import reported
from orchestration.core.connection import Connection, connect
from orchestration.core.errors import UserError
from orchestration.core.settings import events_table
from orchestration.embedded.database import database
from orchestration.source.loading.copy_in import vacuum_copied
from orchestration.source.synthetic.inserting import insert_synthetic_events
from orchestration.source.synthetic.options import StreamOptions
from orchestration.source.table import init_events_table

DATABASE = "fast_dau_bench"
DAYS = 200
END = date(2024, 6, 30)
EVENTS_PER_USER = 250


@contextmanager
def scratch_database() -> Iterator[Connection]:
    """Yield a connection to a database of the benchmark's own, dropped afterwards."""
    with database() as variables, closing(connect(variables)) as administration:
        administration.autocommit = True
        with administration.cursor() as cursor:
            cursor.execute(f"drop database if exists {DATABASE} with (force)")
            cursor.execute(f"create database {DATABASE}")
        os.environ.update(variables, PGDATABASE=DATABASE)
        try:
            with closing(connect(os.environ)) as connection:
                connection.autocommit = True
                yield connection
        finally:
            with administration.cursor() as cursor:
                cursor.execute(f"drop database {DATABASE} with (force)")


def wanted_events() -> int:
    """Return EVENTS, 10 million by default. Raises UserError where it is no number."""
    text = os.environ.get("EVENTS", "10000000")
    if not text.isdecimal():
        raise UserError(f"EVENTS is {text!r}: give a whole number, such as 10000000.")
    return int(text)


def fill(
    connection: Connection,
    events: int,
    *,
    days: int = DAYS,
    users: int | None = None,
    end: date = END,
) -> None:
    """Make the events of the days that end with `end`, with their indexes."""
    options = StreamOptions(
        events=events,
        users=users or max(events // EVENTS_PER_USER, 100),
        days=days,
        end_date=end,
    )
    init_events_table(connection, events_table(), lambda _: None)
    with reported(options) as progress, connection:
        insert_synthetic_events(connection, options, progress)
    vacuum_copied(connection, events_table())


def seconds(connection: Connection, query: str) -> float:
    """Return how long a query takes, its rows left on the server."""
    return execution_seconds(connection, f"explain (analyze, timing off) {query}")


def execution_seconds(connection: Connection, statement: str) -> float:
    """Return how long a statement takes."""
    began = perf_counter()
    execute(connection, statement)
    return perf_counter() - began


def execute(connection: Connection, statement: str) -> None:
    """Run a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def rows(connection: Connection, query: str) -> list[tuple[object, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def value(connection: Connection, query: str) -> str:
    """Return the one value that a query gives."""
    return str(rows(connection, query)[0][0])
