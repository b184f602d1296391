"""Days begin at the first instant that the reporting zone's calendar shows them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.oracle import Definitions, Event
from tests.rollup import Rollup

TICK = timedelta(microseconds=1)
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
QUARTER_OF_A_CENTURY = [date(2000, 1, 3) + timedelta(n) for n in range(25 * 365)]


def first_instant(day: date, time_zone: str) -> datetime:
    """Return the first second, in UTC, at which the zone's calendar shows the day.

    Found by halving, so without a thought of offsets or midnights.
    """
    zone = ZoneInfo(time_zone)
    around = datetime(day.year, day.month, day.day, tzinfo=UTC)
    before, after = around - timedelta(hours=30), around + timedelta(hours=30)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).date() >= day:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0, tzinfo=None)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2024, 2, 29)),
        ("Europe/Berlin", date(2024, 3, 31)),
        ("Europe/Berlin", date(2024, 10, 27)),
        ("America/New_York", date(2024, 3, 10)),
        ("America/New_York", date(2024, 11, 3)),
        ("Asia/Kolkata", date(2024, 3, 31)),
        ("Asia/Kathmandu", date(2024, 3, 31)),
        ("Australia/Lord_Howe", date(2024, 4, 7)),
        ("Australia/Lord_Howe", date(2024, 10, 6)),
        # The next day was skipped there, and is a row of zero.
        ("Pacific/Apia", date(2011, 12, 29)),
        ("Pacific/Apia", date(2011, 12, 31)),
        ("Pacific/Kiritimati", date(2024, 1, 1)),
    ],
    ids=str,
)
def test_an_event_counts_on_the_local_day_whose_bounds_hold_it(
    zone: str, day: date, rollup: Rollup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the zones of the session and of the database."""
    monkeypatch.setenv("PGTZ", "America/St_Johns")
    database = rollup.connection.info.dbname
    rollup.execute(f"alter database {database} set timezone to 'Asia/Tokyo'")
    rollup.definitions = Definitions(zone)
    starts_at = first_instant(day, zone)
    ends_at = first_instant(day + timedelta(days=1), zone)
    moments = [
        starts_at - TICK,
        starts_at,
        ends_at - TICK,
        ends_at,
        starts_at + timedelta(days=7),
    ]
    rollup.insert(Event(1, moment) for moment in moments)
    rollup.insert(Event(n, moment) for n, moment in enumerate(moments, start=2))
    now = ends_at + timedelta(days=8)
    rollup.build(now)
    tables = rollup.tables()

    assert [row[1] for row in tables["user_day_activity"] if row[0] == day] == [1, 3, 4]
    assert tables == rollup.expected(now)


@pytest.mark.prove
def test_every_day_of_a_quarter_of_a_century_has_its_bounds_in_every_zone(
    rollup: Rollup,
) -> None:
    rollup.definitions = Definitions("Europe/Berlin")
    rollup.insert([Event(1, datetime(2000, 1, 2))])
    rollup.build(datetime(2024, 12, 31, 12))
    compiled = rollup.compiled("calendar_days")["calendar_days"]

    wrong = []
    for name in ZONES:
        query = compiled.replace("'Europe/Berlin'", f"'{name}'")
        bounds = {day: (start, end) for day, start, end, *_ in rollup.query(query)}
        starts = {day: first_instant(day, name) for day in QUARTER_OF_A_CENTURY}
        wrong += [
            (name, day, bounds[day])
            for day in QUARTER_OF_A_CENTURY[:-1]
            if bounds[day] != (starts[day], starts[day + timedelta(days=1)])
        ]

    assert wrong == []
