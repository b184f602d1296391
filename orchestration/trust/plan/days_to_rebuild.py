"""The days that a run would rebuild now, each with its reason and its events."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from psycopg2.extensions import cursor as Cursor  # noqa: N812  # a class

from orchestration.core.connection import Connection
from orchestration.core.event_columns import event_columns
from orchestration.core.settings import TableName
from orchestration.core.statements import execute

_DAYS = """
select activity_date, reason, day_starts_at, day_ends_at
from (
{model}
) as planned_days
order by activity_date
"""

_EVENTS = """
explain (format json)
select from {events} as events
where recorded_at >= {starts_at} and recorded_at < {ends_at}
"""


@dataclass(frozen=True)
class PlannedDay:
    """A day to rebuild; of its events the planner's estimate, which counts none."""

    activity_date: date
    reason: str
    estimated_events: int


def planned_days(
    connection: Connection, model: str, events: TableName
) -> list[PlannedDay]:
    """Return the days that refresh_days, compiled to `model`, holds as of now."""
    columns = event_columns()
    estimate = _EVENTS.format(
        events=columns.relation(events).replace("%", "%%"),
        starts_at=columns.recorded("%(starts_at)s"),
        ends_at=columns.recorded("%(ends_at)s"),
    )
    with connection.cursor() as cursor:
        execute(cursor, _DAYS.format(model=model))
        return [
            PlannedDay(day, reason, _estimate(cursor, estimate, starts_at, ends_at))
            for day, reason, starts_at, ends_at in cursor.fetchall()
        ]


def kept_from(model: str) -> date | None:
    """Return the day from which the run would keep history, as compiled to `model`."""
    found = re.search(r"date '([0-9-]+)' as kept_from", model)
    return date.fromisoformat(found[1]) if found else None


def in_ranges(days: Iterable[PlannedDay]) -> Iterator[list[PlannedDay]]:
    """Yield days in a row that have the same reason, together."""
    for _, part in groupby(
        enumerate(days),
        # In a row, a day and its place go up alike.
        lambda one: (one[1].reason, one[1].activity_date - timedelta(days=one[0])),
    ):
        yield [day for _, day in part]


def _estimate(cursor: Cursor, query: str, starts_at: Any, ends_at: Any) -> int:
    bounds = {"starts_at": starts_at, "ends_at": ends_at}
    execute(cursor, query, bounds)
    row = cursor.fetchone()
    return int(row[0][0]["Plan"]["Plan Rows"]) if row else 0
