"""Whether a difference may be that of events that came since the latest run."""

from datetime import date, timedelta
from typing import Any

from orchestration.core.connection import Connection
from orchestration.core.statements import execute
from orchestration.trust.check.scope import Days
from orchestration.trust.check.tables import recounted
from orchestration.trust.check.templates import query

Span = tuple[date, date]


def days_behind(cell: tuple[Any, ...], days: Days) -> Span | None:
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


def have_arrived(connection: Connection, span: Span | None) -> bool:
    """Tell whether events of these days came since the latest run began.

    Events that were deleted since leave no trace; those of no day may always have come.
    """
    if span is None:
        return True
    first, last = span
    with connection.cursor() as cursor:
        execute(cursor, query(connection, "arrived"), {"first": first, "last": last})
        return bool(cursor.fetchall()[0][0])
