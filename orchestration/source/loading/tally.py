"""What a file's events are: how many, of which days, and which will not count."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestration.core.connection import Connection
from orchestration.core.rejections import in_words
from orchestration.core.settings import dbt_vars
from orchestration.core.statements import rows
from orchestration.source.loading.records import NULL

# As dbt's models have them; the first midnight as times of day without seconds go.
_BOUNDS = """
select
    regexp_replace(
        (%s::timestamp at time zone %s at time zone 'UTC')::text, ':00$', ''
    ),
    (now() at time zone 'UTC' + make_interval(mins => %s))::text
"""
_LOCAL_DATES = """
select (time::timestamp at time zone 'UTC' at time zone %s)::date::text
from unnest(%s::text[]) with ordinality as times (time, place)
order by place
"""
_DAY = slice(0, 10)


@dataclass
class Tally:
    """The events of a file, added by batches of UTC times as COPY's text has them.

    `rejected`: by the reason that `rejected_events` will have, and `first_rejected` the
    first time of each. Times without a user count by their time. `moved`: those that
    the column cannot tell from times an hour later. `left_out`: the file's columns that
    the table has none for.
    """

    earliest_valid: str
    latest_valid: str
    events: int = 0
    first: str | None = None
    last: str | None = None
    rejected: Counter[str] = field(default_factory=Counter)
    first_rejected: dict[str, str] = field(default_factory=dict)
    moved: int = 0
    left_out: tuple[str, ...] = ()

    def add(self, users: Sequence[str], times: Sequence[str]) -> None:
        """Count some events by their users and times."""
        self.events += len(times)
        there = times if NULL not in times else [t for t in times if t != NULL]
        if there:
            first, last = min(there), max(there)
            self.first = min(self.first or first, first)
            self.last = max(self.last or last, last)
            # By whole days, so that it does not matter how the times are written.
            are_valid = (
                first[_DAY] > self.earliest_valid[_DAY]
                and last[_DAY] < self.latest_valid[_DAY]
            )
            if are_valid and len(there) == len(times) and NULL not in users:
                return
        for user, time in zip(users, times, strict=True):
            if reason := self._reason(user, time.replace("T", " ")):
                self.rejected[reason] += 1
                known = self.first_rejected.get(reason, time)
                self.first_rejected[reason] = min(known, time)

    def _reason(self, user: str, time: str) -> str | None:
        if time == NULL:
            return "performed_at is null"
        if time < self.earliest_valid:
            return "performed_at is before events_start_date"
        if time > self.latest_valid:
            return "performed_at is in the future"
        return "user_id is null" if user == NULL else None


def new_tally(connection: Connection) -> Tally:
    """Return a tally of no events; they are valid as of now, by the variables."""
    found = dbt_vars()
    start, skew = found["events_start_date"], found["max_clock_skew_minutes"]
    [bounds] = rows(connection, _BOUNDS, start, found["time_zone"], skew)
    return Tally(*bounds)


def tally_in_words(connection: Connection, tally: Tally) -> list[str]:
    """Return on which local days the events are, and which of them will not count."""
    if tally.first is None:
        days = []
    else:
        first, last = _local_dates(connection, [tally.first, str(tally.last)])
        days = [f"Their days are from {first} to {last} ({dbt_vars()['time_zone']})."]
    if tally.events and tally.rejected.total() == tally.events:
        days.append("None of them will count:")
    reasons = sorted(tally.rejected)
    times = [tally.first_rejected[reason] for reason in reasons]
    # Those without a time have no day, which their words do not name.
    known = _local_dates(connection, [None if t == NULL else t for t in times])
    return days + [
        in_words(reason, f"{tally.rejected[reason]:,} events", day)
        for reason, day in zip(reasons, known, strict=True)
    ]


def _local_dates(connection: Connection, times: Sequence[str | None]) -> list[str]:
    zone = dbt_vars()["time_zone"]
    return [day for (day,) in rows(connection, _LOCAL_DATES, zone, list(times))]
