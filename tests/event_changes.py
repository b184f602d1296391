"""Steps in which Hypothesis changes the events, around the cuts between days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from orchestration.core.connection import Connection
from tests.fresh_rollup import fresh_rollup
from tests.made_up_events import invalid_events
from tests.oracle import Definitions, Event

LOOKBACK_DAYS = 3
HISTORY_DAYS = 22
RECENT_ROWS = 12

users = st.integers(1, 5)
kinds = st.sampled_from(["page_view", "video_play", "enrolled", None])
days_ago = st.integers(0, HISTORY_DAYS + 2)
# Instants beside the cuts between days, and one far from them.
times_of_day = st.sampled_from(
    [time(0), time(23, 59, 59, 999_999), time(12), time(1, 45), time(0, 0, 0, 1)]
)
row_numbers = st.integers(0, 999)
ways_forward = st.sampled_from(
    [timedelta(minutes=1), timedelta(hours=9), timedelta(days=1), timedelta(days=9)]
)


@dataclass(frozen=True)
class Place:
    """Where the days are cut, which kinds make active, and when the history begins."""

    time_zone: str
    starts_at: datetime
    active_kinds: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.time_zone


class EventChanges(RuleBasedStateMachine):
    """A rollup whose events change at will; without the log, recent ones.

    `missed`: without the log, something has changed that only a full run sees.
    """

    def __init__(self, connection: Connection, place: Place, *, with_log: bool) -> None:
        super().__init__()
        self.definitions = Definitions(place.time_zone, place.active_kinds)
        self.with_log = with_log
        self.now = self.settled_at = place.starts_at
        self.rollup = fresh_rollup(connection, self.definitions, with_log=with_log)
        self.rollup.set_clock(self.now)
        self.missed = False

    def weeks_of_events(self, seed: int) -> list[Event]:
        """Return events of five users, each active on nearly every second day."""
        random = Random(seed)
        hours = [time(0), time(12), time(23, 59)]
        return [
            Event(
                user, self.instant(self.today() - timedelta(ago), random.choice(hours))
            )
            for ago in range(HISTORY_DAYS)
            for user in range(1, 6)
            if random.random() < 0.45
        ]

    @rule(user=users, ago=days_ago, at=times_of_day, kind=kinds)
    def an_event_comes(self, user: int, ago: int, at: time, kind: str | None) -> None:
        event = self.event(user, ago, at, kind)
        self.rollup.insert([event])
        self.note(event)

    @rule(row=row_numbers)
    def an_event_comes_twice(self, row: int) -> None:
        self.change("insert into events select * from events where ctid = '{}'", row)

    @rule(row=row_numbers, user=users)
    def an_event_becomes_another_users(self, row: int, user: int) -> None:
        self.change(f"update events set user_id = {user} where ctid = '{{}}'", row)

    @rule(row=row_numbers, ago=days_ago, at=times_of_day)
    def an_event_moves_in_time(self, row: int, ago: int, at: time) -> None:
        moved = self.event(1, ago, at)
        self.change(
            f"update events set performed_at = '{moved.performed_at}'"
            " where ctid = '{}'",
            row,
        )
        self.note(moved)

    @rule(row=row_numbers, kind=st.sampled_from(["page_view", "enrolled"]))
    def an_event_becomes_of_another_kind(self, row: int, kind: str) -> None:
        self.change(f"update events set kind = '{kind}' where ctid = '{{}}'", row)

    @rule(row=row_numbers)
    def an_event_is_deleted(self, row: int) -> None:
        self.change("delete from events where ctid = '{}'", row)

    @precondition(lambda self: self.with_log)
    @rule(user=users)
    def a_user_is_deleted(self, user: int) -> None:
        self.delete(lambda event: event.user_id == user, f"user_id = {user}")

    @rule(ago=days_ago)
    def a_day_is_deleted(self, ago: int) -> None:
        day = self.day(ago)
        first = self.instant(day, time(0))
        last = self.instant(day + timedelta(days=1), time(0))
        self.delete(
            lambda event: (
                isinstance(event.performed_at, datetime)
                and first <= event.performed_at < last
            ),
            f"performed_at >= '{first}' and performed_at < '{last}'",
        )

    @rule()
    def bad_rows_come(self) -> None:
        events = invalid_events(self.now)
        self.rollup.insert(events)
        for event in events:
            self.note(event)

    @rule(way=ways_forward)
    def time_goes_by(self, way: timedelta) -> None:
        self.now += way
        self.rollup.set_clock(self.now)

    def change(self, statement: str, row: int) -> None:
        """Run a statement on the event of this number; later numbers start over."""
        rows = self.rollup.query(
            "select ctid, performed_at from events where isfinite(performed_at) and"
            " user_id is not null order by performed_at, user_id, kind, ctid"
        )
        if not self.with_log:
            rows = rows[-RECENT_ROWS:]
        if rows:
            place, moment = rows[row % len(rows)]
            self.rollup.execute(statement.format(place))
            self.note(Event(1, moment))

    def delete(self, is_meant: Callable[[Event], bool], condition: str) -> None:
        """Delete events; both arguments say which."""
        for event in filter(is_meant, self.rollup.events()):
            self.note(event)
        self.rollup.execute(f"delete from events where {condition}")

    def note(self, event: Event) -> None:
        """Remember a change that, without the change log, an ordinary run may miss."""
        seen_from = self.definitions.local_date(self.settled_at) - timedelta(
            days=LOOKBACK_DAYS
        )
        moment: Any = event.performed_at
        if not self.with_log and isinstance(moment, datetime):
            self.missed |= self.definitions.local_date(moment) < seen_from

    def today(self) -> date:
        """Return the local day of the clock."""
        return self.definitions.local_date(self.now)

    def instant(self, day: date, at: time) -> datetime:
        """Return the naive UTC moment at which the local clocks show this."""
        local = datetime.combine(day, at, ZoneInfo(self.definitions.time_zone))
        return local.astimezone(UTC).replace(tzinfo=None)

    def event(
        self, user: int, ago: int, at: time, kind: str | None = "page_view"
    ) -> Event:
        """Return an event of the day that such a number of days ago stands for."""
        return Event(user, self.instant(self.day(ago), at), kind)

    def day(self, ago: int) -> date:
        """Return the local day so many days ago; without the log, of the last few."""
        days = ago if self.with_log else ago % (LOOKBACK_DAYS + 2)
        return self.today() - timedelta(days=days)
