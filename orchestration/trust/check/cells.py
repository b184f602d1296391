"""Finds the cells of the tables that differ from a recount of the raw events."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.settings import dbt_vars, events_table
from orchestration.core.statements import execute
from orchestration.source.shape import is_view
from orchestration.trust.check.scope import Days, Scope
from orchestration.trust.check.tables import recounted
from orchestration.trust.check.templates import query

COLUMNS = (
    "activity_date",
    "table",
    "column",
    "rollup",
    "recount",
    "users",
    "examples",
)
SUBJECTS = ("user_days", "courses", "segments")
# With the 27 days before, of which each has a bit of a number.
_DAYS_AT_A_TIME = 31


def differing_cells(
    connection: Connection, scope: Scope, days: Days, progress: Callable[[int], None]
) -> Iterator[tuple[Any, ...]]:
    """Yield a row of COLUMNS per day and column that differ, in constant memory.

    In a table with several rows a day `examples` names the first that differ, and what
    rollup and recount say is of the first one; `users` is how many, where they are
    users. `progress` gets the number of days compared. All of it is of one instant only
    in a repeatable-read transaction.
    """
    for first, last in _parts(days):
        cells = [
            cell
            for subject in SUBJECTS
            for cell in _cells(connection, scope, first, last, subject)
        ]
        yield from sorted(cells, key=lambda cell: cell[:3])
        progress((last - first).days + 1)


def differing_reasons(
    connection: Connection, scope: Scope, days: Days
) -> Iterator[tuple[Any, ...]]:
    """Yield rows of COLUMNS, without a day, of the events that do not count."""
    yield from _cells(connection, scope, days.first, days.last, "rejected")


def days_behind(cell: tuple[Any, ...], days: Days) -> tuple[date, date] | None:
    """Return the first and last day whose events count for a cell, of those recounted.

    `days` are those that the cell was found among. None: events of no day.
    """
    day, table, column = cell[:3]
    if day is None:
        return None
    # Whoever came back later is not dormant any more.
    last = days.last if column == "dormant_users" else day
    days_before = {table.name: table.days_before for table in recounted()}
    return day - timedelta(days=days_before[table]), last


def have_arrived(
    connection: Connection, scope: Scope, span: tuple[date, date] | None
) -> bool:
    """Tell whether events of these days came since the latest run began.

    Events that were deleted since leave no trace; those of no day may always have come.
    Rows of a view do not tell: of them, those of the lookback's days may have come.
    """
    if span is None:
        return True
    first, last = span
    if is_view(connection, events_table()):
        return last >= scope.today - timedelta(dbt_vars()["lookback_days"])
    with connection.cursor() as cursor:
        execute(cursor, query(connection, "arrived"), {"first": first, "last": last})
        return bool(cursor.fetchall()[0][0])


def difference_query(
    connection: Connection,
    scope: Scope,
    first: date,
    last: date,
    subject: str = "user_days",
) -> tuple[str, dict[str, Any]]:
    """Return the query that compares a subject's tables, and its parameters."""
    tables = [table for table in scope.compared if table.subject == subject]
    statement = query(
        connection,
        subject,
        tables=tables,
        names={table.name for table in tables},
        has_kinds=bool(scope.kinds),
        segments=_segments(connection, scope),
    )
    parameters = {"first": first, "last": last, "active_kinds": scope.kinds}
    return statement, asdict(scope) | parameters


def _cells(
    connection: Connection, scope: Scope, first: date, last: date, subject: str
) -> Iterator[tuple[Any, ...]]:
    if not any(table.subject == subject for table in scope.compared):
        return
    statement, parameters = difference_query(connection, scope, first, last, subject)
    with connection.cursor() as cursor:
        execute(cursor, statement, parameters)
        yield from cursor


def _segments(connection: Connection, scope: Scope) -> list[dict[str, str]]:
    """Return each segment's name as SQL, and the column that has its value."""
    return [
        {
            "name": sql.Literal(name).as_string(connection).replace("%", "%%"),
            "column": "left(({})::text, 200) as value_{}".format(
                str(expression).replace("%", "%%"), number
            ),
        }
        for number, (name, expression) in enumerate((scope.segments or {}).items(), 1)
    ]


def _parts(days: Days) -> Iterator[tuple[date, date]]:
    first = days.first
    while first <= days.last:
        last = min(first + timedelta(days=_DAYS_AT_A_TIME - 1), days.last)
        yield first, last
        first = last + timedelta(days=1)
