"""Finds the cells of the tables that differ from a recount of the raw events."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.answers.questions import execute
from orchestration.check.scope import Days, Scope
from orchestration.check.templates import query

COLUMNS = (
    "activity_date",
    "table",
    "column",
    "rollup",
    "recount",
    "users",
    "examples",
)
# Each part reads the seven days before it too.
_DAYS_AT_A_TIME = 31


def differing_cells(
    connection: Connection, scope: Scope, days: Days, progress: Callable[[int], None]
) -> Iterator[tuple[Any, ...]]:
    """Yield a row of COLUMNS per day and column that differ, in constant memory.

    In a table of users `users` is how many differ and `examples` the first of them;
    what rollup and recount say is of the first one. `progress` gets the number of
    days compared. All of it is of one instant only in a repeatable-read transaction.
    """
    for first, last in _parts(days):
        statement, parameters = difference_query(connection, scope, first, last)
        with connection.cursor() as cursor:
            execute(cursor, statement, parameters)
            yield from cursor
        progress((last - first).days + 1)


def difference_query(
    connection: Connection, scope: Scope, first: date, last: date
) -> tuple[str, dict[str, Any]]:
    """Return the query that compares these days, and its parameters."""
    statement = query(connection, "differences", has_kinds=bool(scope.kinds))
    parameters = {"first": first, "last": last, "active_kinds": scope.kinds}
    return statement, asdict(scope) | parameters


def have_arrived(connection: Connection, day: date) -> bool:
    """Tell whether events of a day, or of the seven before, came since the latest run.

    A difference may then be theirs. Events that were deleted since leave no trace.
    """
    with connection.cursor() as cursor:
        execute(cursor, query(connection, "arrived"), {"day": day})
        return bool(cursor.fetchall()[0][0])


def _parts(days: Days) -> Iterator[tuple[date, date]]:
    first = days.first
    while first <= days.last:
        last = min(first + timedelta(days=_DAYS_AT_A_TIME - 1), days.last)
        yield first, last
        first = last + timedelta(days=1)
