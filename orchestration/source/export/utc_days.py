"""The days of an export, and the events that belong to each."""

from dataclasses import dataclass
from datetime import date

from orchestration.core.connection import Connection
from orchestration.core.event_columns import event_columns
from orchestration.core.settings import TableName

# A day in UTC; None is that of the events without a time.
Day = date | None

# What Spark's calendar cannot hold belongs to the first or the last day that it can.
_DAY = """
case
    when e.performed_at < '0001-01-02' then date '0001-01-01'
    when e.performed_at >= '9999-12-31' then date '9999-12-31'
    else e.performed_at::date
end
"""

# One step down the index a day, however many events a day has. Without its alias
# `performed_at` would be the day's own name, which no index is in the order of.
_WALK = """
with recursive days (day) as (
    (
        select {day} from {events} as e where {is_since_first}
        order by e.recorded_at limit 1
    )
    union all
    select (
        select {day} from {events} as e where {is_since_next}
        order by e.recorded_at limit 1
    )
    from days where days.day < %(last)s
)
select day from days where day <= %(last)s
"""


@dataclass(frozen=True)
class Span:
    """The days asked for: from `since` to `until`, both included; None is open.

    What is of no day of the calendar, without a time or with an infinite one, belongs
    to every span that is open at its end: such events come at any time.
    """

    since: date | None = None
    until: date | None = None

    @property
    def is_full(self) -> bool:
        """Whether it is of all events."""
        return self.since is None and self.until is None

    def __contains__(self, day: Day) -> bool:
        """Tell whether the day is one of those asked for."""
        if self.until is None and day in {None, date.min, date.max}:
            return True
        first, last = self.since or date.min, self.until or date.max
        return day is not None and first <= day <= last


def days_with_events(connection: Connection, table: TableName, span: Span) -> list[Day]:
    """Return the days of the span that have events, in order, None at the end."""
    columns = event_columns()
    events = columns.relation(table)
    is_open = span.since in {None, date.min}
    walk = _WALK.format(
        day=_DAY,
        events=events.replace("%", "%%"),
        is_since_first="e.recorded_at is not null"
        if is_open
        else columns.is_since("%(first)s::date"),
        is_since_next=columns.is_since("(days.day + 1)"),
    )
    with connection.cursor() as cursor:

        def has(day: Day) -> bool:
            condition = events_of(day)
            cursor.execute(f"select from {events} as e where {condition} limit 1")
            return cursor.rowcount > 0

        cursor.execute(walk, {"first": span.since, "last": span.until or date.max})
        days: list[Day] = [day for (day,) in cursor.fetchall()]
        if span.until is None:
            if date.min not in days and has(date.min):
                days.insert(0, date.min)
            if has(None):
                days.append(None)
    return days


def events_of(day: Day) -> str:
    """Return the condition that the day's events meet, for the index on the time."""
    if day is None:
        return "recorded_at is null"
    columns = event_columns()
    bounds = ["recorded_at is not null"]
    if day != date.min:
        bounds.append(columns.is_since(f"date '{day}'"))
    if day != date.max:
        after = date.fromordinal(day.toordinal() + 1)
        bounds.append(columns.is_before(f"date '{after}'"))
    return " and ".join(bounds)
