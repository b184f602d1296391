"""Events that come at a steady rate, day and night."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from benchmarks.builds import OURS
from benchmarks.scratch import execute
from orchestration.core.connection import Connection

EVENTS_PER_USER = 10
# One event in so many comes late, or is changed late.
EVENTS_PER_LATE = 1_000
LATE_DAYS = 30
DAY = timedelta(days=1)

# Users are pairs of whom one is there each day: of those of a day, half were there the
# day before. Of two events, one is of the busiest quarter of them.
_INSERT = """
insert into {events} (user_id, course_id, kind, performed_at, properties)
select
    1 + 2 * pair + (hashint8(pair * 100000 + extract(doy from performed_at)::int) & 1),
    1 + floor(random() * 200)::int,
    'page_view',
    performed_at,
    '{{"path": "/home"}}'
from (
    select
        floor({pairs} * random() ^ 2)::bigint as pair,
        timestamp '{start}' + random() * interval '{seconds} seconds' as performed_at
    from generate_series(1, {number})
) as drawn
"""


@dataclass
class Arrivals:
    """The events of a rate, in events a day; `now` is up to when all have come."""

    connection: Connection
    rate: int
    now: datetime

    def until(self, end: datetime) -> None:
        """Let the events come that happen before `end`."""
        length = end - self.now
        self._insert(self.now, length, round(self.rate * (length / DAY)))
        self.now = end

    def late(self, length: timedelta) -> None:
        """Let the late events come that come within such a time: all of one day."""
        number = round(self.rate * (length / DAY) / EVENTS_PER_LATE)
        midnight = datetime.combine(self.now.date(), datetime.min.time())
        self._insert(midnight - LATE_DAYS * DAY, DAY, max(1, number))

    def _insert(self, start: datetime, length: timedelta, number: int) -> None:
        execute(
            self.connection,
            _INSERT.format(
                events=OURS.events,
                pairs=max(1, self.rate // EVENTS_PER_USER),
                start=start,
                seconds=length.total_seconds(),
                number=number,
            ),
        )


def at(day: date, hours: float) -> datetime:
    """Return the time so many hours after a day began."""
    return datetime.combine(day, datetime.min.time()) + timedelta(hours=hours)
