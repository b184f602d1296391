"""Days of every length, in zones of every kind, whatever zone the session is in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from tests.oracle import Definitions, Event
from tests.rollup import Rollup

TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Day:
    """A local day, and its bounds in UTC as the zone's history has them."""

    time_zone: str
    day: date
    starts_at: datetime
    ends_at: datetime

    def __str__(self) -> str:
        hours = (self.ends_at - self.starts_at) / timedelta(hours=1)
        return f"{self.time_zone} {self.day} of {hours:g} hours"


DAYS = [
    Day("UTC", date(2024, 2, 29), datetime(2024, 2, 29), datetime(2024, 3, 1)),
    Day(
        "Europe/Berlin",
        date(2024, 3, 31),
        datetime(2024, 3, 30, 23),
        datetime(2024, 3, 31, 22),
    ),
    Day(
        "Europe/Berlin",
        date(2024, 10, 27),
        datetime(2024, 10, 26, 22),
        datetime(2024, 10, 27, 23),
    ),
    Day(
        "America/New_York",
        date(2024, 3, 10),
        datetime(2024, 3, 10, 5),
        datetime(2024, 3, 11, 4),
    ),
    Day(
        "America/New_York",
        date(2024, 11, 3),
        datetime(2024, 11, 3, 4),
        datetime(2024, 11, 4, 5),
    ),
    Day(
        "Asia/Kolkata",
        date(2024, 3, 31),
        datetime(2024, 3, 30, 18, 30),
        datetime(2024, 3, 31, 18, 30),
    ),
    Day(
        "Asia/Kathmandu",
        date(2024, 3, 31),
        datetime(2024, 3, 30, 18, 15),
        datetime(2024, 3, 31, 18, 15),
    ),
    Day(
        "Australia/Lord_Howe",
        date(2024, 4, 7),
        datetime(2024, 4, 6, 13),
        datetime(2024, 4, 7, 13, 30),
    ),
    Day(
        "Australia/Lord_Howe",
        date(2024, 10, 6),
        datetime(2024, 10, 5, 13, 30),
        datetime(2024, 10, 6, 13),
    ),
    Day(
        "Pacific/Apia",
        date(2011, 12, 29),
        datetime(2011, 12, 29, 10),
        datetime(2011, 12, 30, 10),
    ),
    Day(
        "Pacific/Apia",
        date(2011, 12, 31),
        datetime(2011, 12, 30, 10),
        datetime(2011, 12, 31, 10),
    ),
    Day(
        "Pacific/Kiritimati",
        date(2024, 1, 1),
        datetime(2023, 12, 31, 10),
        datetime(2024, 1, 1, 10),
    ),
]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_an_event_counts_on_the_local_day_whose_bounds_hold_it(
    day: Day,
    rollup_in: Callable[[Definitions], Rollup],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGTZ", "America/St_Johns")
    rollup = rollup_in(Definitions(day.time_zone))
    rollup.execute(
        f"alter database {rollup.connection.info.dbname} set timezone to 'Asia/Tokyo'"
    )
    moments = [
        day.starts_at - TICK,
        day.starts_at,
        day.ends_at - TICK,
        day.ends_at,
        day.starts_at + timedelta(days=7),
    ]
    rollup.insert(Event(1, moment) for moment in moments)
    rollup.insert(Event(n, moment) for n, moment in enumerate(moments, start=2))
    now = day.ends_at + timedelta(days=8)
    rollup.build(now)

    assert users_of(rollup.tables(), day.day) == [1, 3, 4]
    assert rollup.tables() == rollup.expected(now)


def test_the_day_that_apia_skipped_is_a_row_of_zero(
    rollup_in: Callable[[Definitions], Rollup],
) -> None:
    rollup = rollup_in(Definitions("Pacific/Apia"))
    rollup.insert(
        Event(1, datetime(2011, 12, 30, 9, 30) + timedelta(hours=n)) for n in range(2)
    )
    rollup.build(now := datetime(2012, 1, 1, 12))

    assert rollup.tables() == rollup.expected(now)
    assert [row[:2] for row in rollup.tables()["daily_active_users"]] == [
        (date(2011, 12, 29), 1),
        (date(2011, 12, 30), 0),
        (date(2011, 12, 31), 1),
        (date(2012, 1, 1), 0),
        (date(2012, 1, 2), 0),
    ]


def users_of(tables: dict[str, list[tuple[object, ...]]], day: date) -> list[object]:
    """Return the users active on the day."""
    rows = tables["user_day_activity"]
    return [user for activity_date, user, *_ in rows if activity_date == day]
