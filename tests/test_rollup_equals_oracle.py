"""Every table equals a recount of the raw events, after every kind of run."""

from datetime import datetime, timedelta
from random import Random

import pytest

from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions, Event
from tests.rollup import Rollup
from tests.states import State

NOW = datetime(2024, 4, 11, 12, 7)
DAY = timedelta(days=1)


def first_built(rollup: Rollup) -> None:
    """A month of events and bad rows, in which the clocks changed in Berlin."""
    rollup.insert(eventful_days(Random(4), datetime(2024, 3, 10), 33))
    rollup.insert(invalid_events(NOW))
    rollup.build(NOW)


STATE = State(first_built, Definitions("Europe/Berlin"), has_product=True)


def test_after_the_first_build_and_ordinary_runs_through_midnights(
    rollup: Rollup,
) -> None:
    """With late and deleted events, and others that are no longer of a course."""
    assert rollup.tables() == rollup.expected(NOW)

    random = Random(5)
    for hours in (9, 18, 27, 36):
        now = NOW + timedelta(hours=hours)
        rollup.insert(eventful_days(random, now - 2 * DAY, 2))
        recent = f"performed_at > '{now - 2 * DAY}'"
        rollup.execute(f"delete from events where user_id in (3, 8) and {recent}")
        rollup.execute(f"update events set course_id = null where {recent}")
        rollup.build(now)

        assert rollup.tables() == rollup.expected(now)


def test_after_an_ordinary_run_that_comes_weeks_late(rollup: Rollup) -> None:
    rollup.insert(eventful_days(Random(6), NOW, 20))
    now = NOW + 17 * DAY
    rollup.build(now)

    assert rollup.tables() == rollup.expected(now)


@pytest.mark.parametrize(
    ("arguments", "refresh"), [([], "full"), (["--full-refresh"], "incremental")]
)
def test_after_a_full_run_that_follows_changes_of_any_age(
    arguments: list[str], refresh: str, rollup: Rollup
) -> None:
    rollup.insert(eventful_days(Random(7), NOW - 40 * DAY, 30))
    rollup.execute("delete from events where user_id = 5")
    rollup.execute("update events set user_id = 21 where user_id = 1")
    rollup.execute(
        "update events set performed_at = performed_at + interval '5 days'"
        " where user_id = 2 and performed_at < '2024-03-30'"
    )
    rollup.build(NOW, *arguments, refresh=refresh)

    assert rollup.tables() == rollup.expected(NOW)


def test_after_a_backfill_of_exactly_the_days_that_changed(rollup: Rollup) -> None:
    late = eventful_days(Random(9), NOW - 22 * DAY, 4)
    days = [
        rollup.definitions.local_date(event.performed_at)
        for event in late
        if isinstance(event.performed_at, datetime)
    ]
    rollup.insert(late)
    rollup.build(NOW, start_date=min(days), end_date=max(days))

    assert rollup.tables() == rollup.expected(NOW)


def test_an_ordinary_run_that_stopped_half_way_is_made_good_by_the_next(
    rollup: Rollup,
) -> None:
    for hours, survivors in ((20, []), (40, ["returning_users"])):
        now = NOW + timedelta(hours=hours)
        rollup.insert(eventful_days(Random(10), now - 3 * DAY, 3))
        built = ["refresh_days", "user_day_activity", "daily_active_users", *survivors]
        rollup.build(now, "--select", *built)
    now = NOW + timedelta(hours=60)
    rollup.build(now)

    assert rollup.tables() == rollup.expected(now)


def test_a_full_rollup_that_stopped_half_way_is_made_good_by_an_ordinary_run(
    rollup: Rollup,
) -> None:
    rollup.insert(eventful_days(Random(11), NOW - 30 * DAY, 10))
    half = ["--select", "refresh_days", "user_day_activity"]
    rollup.build(NOW, *half, refresh="full")
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)


@pytest.mark.parametrize(
    "model",
    ["daily_active_users", pytest.param("user_day_activity", marks=pytest.mark.prove)],
)
def test_first_days_that_are_gone_from_one_table_go_from_all(
    model: str, rollup: Rollup
) -> None:
    rollup.execute(
        "delete from events where performed_at > '2001-01-01' and performed_at < ("
        "select min(day_starts_at) + interval '3 days' from analytics.refresh_days)"
    )
    rollup.build(NOW, "--select", model, "--full-refresh")
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)

    rollup.build(NOW)
    reasons = rollup.query("select distinct reason from analytics.refresh_days")

    assert ("gone",) not in reasons


@pytest.mark.parametrize(
    "model",
    ["user_day_activity", pytest.param("returning_users", marks=pytest.mark.prove)],
)
def test_a_model_built_alone_from_nothing_has_all_of_history(
    model: str, rollup: Rollup
) -> None:
    """Whatever days the latest run has left in refresh_days."""
    rollup.build(NOW)
    rollup.build(NOW, "--select", model, "--full-refresh")
    refreshed = rollup.tables()
    rollup.execute(f"drop table analytics.{model} cascade")
    rollup.build(NOW)

    assert refreshed == rollup.tables() == rollup.expected(NOW)


@pytest.mark.parametrize("state", [State(has_product=True)], ids=[""])
def test_an_empty_events_table_makes_empty_tables_and_then_fills_them(
    rollup: Rollup,
) -> None:
    rollup.build(NOW)
    empty = rollup.tables()
    rollup.insert([Event(1, NOW - 6 * DAY), Event(1, NOW - DAY)])
    rollup.build(NOW)

    assert not any(empty.values())
    assert rollup.tables() == rollup.expected(NOW)
    assert len(rollup.tables()["returning_users"]) == 1
