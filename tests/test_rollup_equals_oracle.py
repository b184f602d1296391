"""Every table equals a recount of the raw events, after every kind of run."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

import pytest

from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions, Event
from tests.rollup import Rollup
from tests.states import State

# Clocks change in Berlin on 2024-03-31, in New York on 2024-11-03.
PLACES = [
    pytest.param(("Europe/Berlin", datetime(2024, 3, 10)), id="Berlin in spring"),
    pytest.param(
        ("America/New_York", datetime(2024, 10, 12)),
        id="New York in autumn",
        marks=pytest.mark.prove,
    ),
]
DAYS = 32
LENGTH = timedelta(days=DAYS, hours=12, minutes=7)


def first_built(rollup: Rollup, first: datetime) -> None:
    """A month of events and bad rows, first built at noon of its end."""
    rollup.insert(eventful_days(Random(4), first, DAYS + 1))
    rollup.insert(invalid_events(first + LENGTH))
    rollup.build(first + LENGTH)


@pytest.fixture(params=PLACES)
def state(request: pytest.FixtureRequest) -> State:
    """Where each test begins that has a `history`."""
    time_zone, first = request.param
    return State(
        first_built, Definitions(time_zone), has_product=True, arguments=(first,)
    )


@pytest.fixture
def history(rollup: Rollup, state: State) -> tuple[Rollup, datetime]:
    """The rollup, and the clock of the run that built it."""
    [first] = state.arguments
    assert isinstance(first, datetime)
    return rollup, first + LENGTH


def test_after_the_first_build(history: tuple[Rollup, datetime]) -> None:
    rollup, now = history

    assert rollup.tables() == rollup.expected(now)


def test_after_ordinary_runs_through_midnights_with_late_and_deleted_events(
    history: tuple[Rollup, datetime],
) -> None:
    rollup, now = history
    random = Random(5)

    for _ in range(4):
        now += timedelta(hours=9)
        rollup.insert(eventful_days(random, now - timedelta(days=2), 2))
        rollup.execute(
            f"""delete from events where user_id in (3, 8)
            and performed_at > '{now}'::timestamp - interval '2 days'"""
        )
        rollup.build(now)

        assert rollup.tables() == rollup.expected(now)


def test_after_an_ordinary_run_that_comes_weeks_late(
    history: tuple[Rollup, datetime],
) -> None:
    rollup, now = history

    rollup.insert(eventful_days(Random(6), now, 20))
    now += timedelta(days=17)
    rollup.build(now)

    assert rollup.tables() == rollup.expected(now)


def test_after_a_full_rollup_that_follows_changes_of_any_age(
    history: tuple[Rollup, datetime],
) -> None:
    rollup, now = history
    first = rollup.query("select min(activity_date) from analytics.refresh_days")[0][0]

    rollup.insert(eventful_days(Random(7), now - timedelta(days=40), 30))
    rollup.execute("delete from events where user_id = 5")
    rollup.execute("update events set user_id = 21 where user_id = 1")
    rollup.execute(
        "update events set performed_at = performed_at + interval '5 days'"
        f" where user_id = 2 and performed_at < '{first + timedelta(days=20)}'"
    )
    rollup.build(now, refresh="full")

    assert rollup.tables() == rollup.expected(now)


def test_after_a_full_refresh(history: tuple[Rollup, datetime]) -> None:
    rollup, now = history

    rollup.execute("delete from events where user_id = 13")
    rollup.insert(eventful_days(Random(8), now - timedelta(days=15), 3))
    rollup.build(now, "--full-refresh")

    assert rollup.tables() == rollup.expected(now)


def test_after_a_backfill_of_exactly_the_days_that_changed(
    history: tuple[Rollup, datetime],
) -> None:
    rollup, now = history
    late = eventful_days(Random(9), now - timedelta(days=22), 4)
    days = [
        rollup.definitions.local_date(event.performed_at)
        for event in late
        if isinstance(event.performed_at, datetime)
    ]

    rollup.insert(late)
    rollup.build(now, start_date=min(days), end_date=max(days))

    assert rollup.tables() == rollup.expected(now)


def test_an_event_older_than_all_history_brings_its_days_without_being_asked(
    history: tuple[Rollup, datetime],
) -> None:
    rollup, now = history

    rollup.insert([Event(3, now - timedelta(days=60))])
    rollup.build(now)

    assert rollup.tables() == rollup.expected(now)


def test_a_backfill_after_midnight_leaves_no_day_unfinished(
    history: tuple[Rollup, datetime],
) -> None:
    rollup, now = history
    late = now - timedelta(hours=1)
    rollup.insert([Event(5, late), Event(21, late - timedelta(days=2))])

    now += timedelta(days=5)
    last_week = (now - timedelta(days=3)).date()
    rollup.build(now, start_date=last_week, end_date=last_week)

    assert rollup.tables() == rollup.expected(now)


def test_an_ordinary_run_that_stopped_half_way_is_made_good_by_the_next(
    history: tuple[Rollup, datetime],
) -> None:
    rollup, now = history

    for survivors in (["user_day_activity"], ["user_day_activity", "returning_users"]):
        now += timedelta(hours=20)
        rollup.insert(eventful_days(Random(10), now - timedelta(days=3), 3))
        rollup.build(now, "--select", "refresh_days", "daily_active_users", *survivors)
    now += timedelta(hours=20)
    rollup.build(now)

    assert rollup.tables() == rollup.expected(now)


def test_a_full_rollup_that_stopped_half_way_is_made_good_by_an_ordinary_run(
    history: tuple[Rollup, datetime],
) -> None:
    rollup, now = history

    rollup.insert(eventful_days(Random(11), now - timedelta(days=30), 10))
    half = ["--select", "refresh_days", "user_day_activity"]
    rollup.build(now, *half, refresh="full")
    rollup.build(now)

    assert rollup.tables() == rollup.expected(now)


@pytest.mark.parametrize(
    "model",
    ["daily_active_users", pytest.param("user_day_activity", marks=pytest.mark.prove)],
)
def test_first_days_that_are_gone_from_one_table_go_from_all(
    model: str, history: tuple[Rollup, datetime]
) -> None:
    rollup, now = history

    rollup.execute(
        "delete from events where performed_at > '2001-01-01' and performed_at < ("
        "select min(day_starts_at) + interval '3 days' from analytics.refresh_days)"
    )
    rollup.build(now, "--select", model, "--full-refresh")
    rollup.build(now)
    expected = rollup.expected(now)
    gone = rollup.tables() == expected
    rollup.build(now)
    reasons = rollup.query("select distinct reason from analytics.refresh_days")

    assert gone
    assert ("gone",) not in reasons


@pytest.mark.parametrize(
    "model",
    ["user_day_activity", pytest.param("returning_users", marks=pytest.mark.prove)],
)
def test_a_model_built_alone_from_nothing_has_all_of_history(
    model: str, history: tuple[Rollup, datetime]
) -> None:
    """Whatever days the latest run has left in refresh_days."""
    rollup, now = history

    rollup.build(now)
    rollup.build(now, "--select", model, "--full-refresh")
    refreshed = rollup.tables()
    rollup.execute(f"drop table analytics.{model} cascade")
    rollup.build(now)

    assert refreshed == rollup.tables() == rollup.expected(now)


def test_only_active_kinds_make_a_user_active(
    whole_rollup_in: Callable[[Definitions], Rollup],
) -> None:
    rollup = whole_rollup_in(Definitions(active_kinds=("video_play", "it's")))
    now = datetime(2024, 3, 10, 12)
    rollup.insert(eventful_days(Random(1), datetime(2024, 2, 10), 25))
    rollup.insert([Event(4, now, kind="it's"), Event(5, now, kind="enrolled")])
    rollup.build(now)

    assert rollup.tables() == rollup.expected(now)
    assert (date(2024, 3, 10), 1, 1, False) in rollup.tables()["daily_active_users"]


def test_events_before_the_start_date_are_rejected_by_the_local_day(
    whole_rollup_in: Callable[[Definitions], Rollup],
) -> None:
    rollup = whole_rollup_in(
        Definitions(time_zone="Europe/Berlin", events_start_date=date(2024, 3, 1))
    )
    midnight = datetime(2024, 2, 29, 23)
    rollup.insert([Event(1, midnight - timedelta(microseconds=1)), Event(2, midnight)])
    rollup.build(now := datetime(2024, 3, 2))

    assert rollup.tables() == rollup.expected(now)
    assert rollup.query("select user_id from analytics.user_day_activity") == [(2,)]


def test_an_empty_events_table_makes_empty_tables_and_then_fills_them(
    whole_rollup_in: Callable[[Definitions], Rollup],
) -> None:
    rollup = whole_rollup_in(Definitions())
    now = datetime(2024, 3, 2, 15)

    rollup.build(now)
    empty = rollup.tables()
    rollup.insert([Event(1, datetime(2024, 2, 25)), Event(1, datetime(2024, 3, 1))])
    rollup.build(now)

    assert not any(empty.values())
    assert rollup.tables() == rollup.expected(now)
    assert len(rollup.tables()["returning_users"]) == 1
