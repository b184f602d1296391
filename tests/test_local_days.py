"""Days begin at the first instant that the reporting zone's calendar shows them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from tests.made_up_events import eventful_days
from tests.oracle import Definitions, Event
from tests.rollup import Rollup

# Midnights that do not occur (Sao Paulo, Beirut, Cairo), that occur twice (Havana,
# Azores), odd offsets, changes by half an hour (Lord Howe), a skipped day (Apia).
ZONES = [
    "UTC",
    "Africa/Cairo",
    "America/Havana",
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Kiritimati",
]
DAYS = [date(2000, 1, 3) + timedelta(days=n) for n in range(25 * 365)]


def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """Return the first second, in UTC, at which the zone's calendar shows the day.

    Found by halving, so without a thought of offsets or midnights.
    """
    around = datetime(day.year, day.month, day.day, tzinfo=UTC)
    before, after = around - timedelta(hours=30), around + timedelta(hours=30)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).date() >= day:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0, tzinfo=None)


@pytest.mark.prove
def test_every_day_of_a_quarter_of_a_century_has_its_bounds_in_every_zone(
    rollup_in: Callable[[Definitions], Rollup],
) -> None:
    rollup = rollup_in(Definitions(time_zone="Europe/Berlin"))
    rollup.insert([Event(1, datetime(2000, 1, 2))])
    rollup.build(datetime(2024, 12, 31, 12))
    compiled = rollup.compiled("calendar_days")["calendar_days"]

    wrong = []
    for name in ZONES:
        query = compiled.replace("'Europe/Berlin'", f"'{name}'")
        bounds = {day: (start, end) for day, start, end, *_ in rollup.query(query)}
        starts = {day: first_instant(day, ZoneInfo(name)) for day in DAYS}
        wrong += [
            (name, day, bounds[day])
            for day in DAYS[:-1]
            if bounds[day] != (starts[day], starts[day + timedelta(days=1)])
        ]

    assert wrong == []


@pytest.mark.parametrize("session_zone", ["Pacific/Kiritimati", "America/Adak"])
def test_the_zone_of_the_session_does_not_matter(
    session_zone: str,
    rollup_in: Callable[[Definitions], Rollup],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGTZ", session_zone)
    rollup = rollup_in(Definitions(time_zone="Asia/Kathmandu"))
    now = datetime(2024, 3, 12, 18, 20)
    rollup.insert(eventful_days(Random(3), datetime(2024, 2, 25), 17))
    rollup.build(now)

    assert rollup.tables() == rollup.expected(now)
