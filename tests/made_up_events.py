"""Small sets of events that go where rollups go wrong: midnights, gaps, bad rows."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from orchestration.core.connection import Connection
from orchestration.source.synthetic.inserting import insert_synthetic_events
from orchestration.source.synthetic.options import StreamOptions
from tests.oracle import Event

KINDS = ("page_view", "video_play", "enrolled", None)


def eventful_days(random: Random, first: datetime, days: int) -> list[Event]:
    """Return events of a few users, crowded around hours at which days are cut.

    One day in six has no events at all. Times are naive UTC, to the microsecond.
    """
    events = []
    for day in range(days):
        if random.random() < 1 / 6:
            continue
        for _ in range(random.randrange(1, 25)):
            hour = random.choice([0, 3, 4, 5, 12, 18, 19, 21, 22, 23])
            moment = first + timedelta(
                days=day,
                hours=hour,
                minutes=random.choice([0, 29, 30, 44, 45, 59]),
                microseconds=random.choice([0, 1, 59_999_999]),
            )
            events.append(
                Event(
                    user_id=random.choice([-1, 0, 1, 2, 3, 5, 8, 13, 2**31 - 1]),
                    performed_at=moment,
                    kind=random.choice(KINDS),
                    course_id=random.choice([None, 1, 2]),
                )
            )
    return events + random.sample(events, len(events) // 10)


def arrivals(random: Random, now: datetime, *, days: int, a_day: int) -> list[Event]:
    """Return events of users who come one after another, and come back at random.

    They end at `now`, and begin so many days before, with so many new users a day.
    """
    first = now - timedelta(days=days)
    events = []
    for number in range(a_day * days):
        came = first + timedelta(days=number // a_day)
        back = random.sample(range(1, days), random.randrange(25))
        events += [
            Event(number, moment, course_id=random.choice([None, *range(1, 15)]))
            for moment in (came + timedelta(days=n) for n in (0, *back))
            if moment <= now
        ]
    return events


def invalid_events(now: datetime) -> list[Event]:
    """Return events of every kind that is rejected, and some at the very border."""
    return [
        Event(None, now - timedelta(days=3)),
        Event(None, None),
        Event(None, "infinity"),
        Event(1, None),
        Event(1, "infinity"),
        Event(1, "-infinity"),
        Event(1, datetime(1999, 12, 30)),
        Event(1, datetime(1970, 1, 1)),
        Event(1, datetime(9999, 12, 30)),
        Event(1, now + timedelta(minutes=5, microseconds=1)),
        Event(1, now + timedelta(minutes=5)),
        Event(2, now + timedelta(minutes=4)),
    ]


def insert_synthetic(connection: Connection, **options: Any) -> None:
    """Insert a synthetic stream into the events table; options are StreamOptions'."""
    with connection:
        insert_synthetic_events(connection, StreamOptions(**options), lambda _: None)
