"""What the tables must hold, counted in plain Python from the definitions.

Shares no code, and no idea of how to compute, with the models: every event is put on
its local day by itself, and every number is counted by sets of users.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tests.product_oracle import Rows, active_by_course, product_tables

Moment = datetime | Literal["-infinity", "infinity"] | None


@dataclass(frozen=True)
class Event:
    """One row of the events table, as far as it is counted; times are UTC."""

    user_id: Any
    performed_at: Moment
    kind: str | None = "page_view"
    course_id: Any = None


@dataclass(frozen=True)
class Definitions:
    """The variables that decide what the numbers mean."""

    time_zone: str = "UTC"
    active_kinds: tuple[str, ...] = ()
    events_start_date: date = date(2000, 1, 1)
    max_clock_skew_minutes: int = 5
    cohort_days: int = 90

    def local_date(self, moment: datetime) -> date:
        """Return the calendar day of a UTC moment in the reporting zone."""
        zone = ZoneInfo(self.time_zone)
        return moment.replace(tzinfo=UTC).astimezone(zone).date()

    def why_rejected(self, event: Event, now: datetime) -> str | None:
        """Return why an event does not count, or None where it does."""
        moment = event.performed_at
        if moment is None:
            return "performed_at is null"
        if isinstance(moment, str):
            return "performed_at is infinite"
        if self.local_date(moment) < self.events_start_date:
            return "performed_at is before events_start_date"
        if moment > now + timedelta(minutes=self.max_clock_skew_minutes):
            return "performed_at is in the future"
        return "user_id is null" if event.user_id is None else None


def tables(
    events: Iterable[Event], now: datetime, definitions: Definitions
) -> dict[str, Rows]:
    """Return the rows of every table, sorted, as of a run at `now` that sees all."""
    rejected: dict[str, list[Moment]] = defaultdict(list)
    moments: dict[date, dict[int, list[datetime]]] = defaultdict(
        lambda: defaultdict(list)
    )
    days_with_events = set()
    in_courses: list[tuple[date, int, int | None]] = []
    today = definitions.local_date(now)
    for event in events:
        reason = definitions.why_rejected(event, now)
        if reason is not None:
            rejected[reason].append(event.performed_at)
            continue
        assert isinstance(event.performed_at, datetime)
        assert event.user_id is not None
        day = definitions.local_date(event.performed_at)
        if day > today:
            continue  # within the clock's skew, but its day has not begun
        days_with_events.add(day)
        if not definitions.active_kinds or event.kind in definitions.active_kinds:
            moments[day][event.user_id].append(event.performed_at)
            in_courses.append((day, event.user_id, event.course_id))

    days: list[date] = []
    if days_with_events:
        first = min(days_with_events)
        days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    users = {day: set(of_day) for day, of_day in moments.items()}
    return {
        "rejected_events": _rejected_events(rejected),
        "user_day_activity": sorted(
            (day, user, len(times), min(times), max(times))
            for day, users in moments.items()
            for user, times in users.items()
        ),
        "daily_active_users": [
            (
                day,
                len(moments[day]),
                sum(len(times) for times in moments[day].values()),
                day < today,
            )
            for day in days
        ],
        "returning_users": _returning_users(days, moments),
        "daily_retention": _daily_retention(days, moments, today),
        "daily_active_users_by_course": active_by_course(in_courses),
    } | product_tables(days, users, today, definitions.cohort_days)


def _rejected_events(rejected: dict[str, list[Moment]]) -> Rows:
    order: dict[Any, Any] = {"-infinity": datetime.min, "infinity": datetime.max}  # noqa: DTZ901
    rows = []
    for reason, moments in rejected.items():
        known = [moment for moment in moments if moment is not None]
        known.sort(key=lambda moment: order.get(moment, moment))
        extremes = (known[0], known[-1]) if known else (None, None)
        rows.append((reason, len(moments), *extremes))
    return sorted(rows)


def _returning_users(
    days: list[date], moments: dict[date, dict[int, list[datetime]]]
) -> Rows:
    rows = []
    for day in days:
        for user in moments[day]:
            active_before = [
                n for n in range(1, 8) if user in moments[day - timedelta(days=n)]
            ]
            if active_before:
                last = min(active_before)
                mask = sum(1 << (n - 1) for n in active_before)
                rows.append((day, user, day - timedelta(days=last), last, mask))
    return sorted(rows)


def _daily_retention(
    days: list[date], moments: dict[date, dict[int, list[datetime]]], today: date
) -> Rows:
    rows = []
    for day in days:
        users = set(moments[day])
        before = [users & set(moments[day - timedelta(days=n)]) for n in range(1, 8)]
        returning = set().union(*before)
        rows.append(
            (
                day,
                len(users),
                len(returning),
                len(returning) / len(users) if users else None,
                *(len(on_that_day) for on_that_day in before),
                day - timedelta(days=7) >= days[0],
                day < today,
            )
        )
    return rows
