"""A run follows a late change to the last day, user and cohort that it touches."""

from datetime import datetime, timedelta

import pytest

from tests.oracle import Definitions, Event
from tests.rollup import Rollup
from tests.states import State

COHORT_DAYS = 5
LOOKBACK_DAYS = 3
TODAY = 35
FIRST = datetime(2024, 3, 1, 9)
NOW = FIRST + timedelta(days=TODAY, hours=3)
# By user, the days of activity, counted from the first. Of an ordinary run's first day,
# 32, some lie at the far ends of the windows.
ACTIVE_DAYS = {
    1: [0],
    2: [1, 3, 8],
    3: range(2, 35),
    4: [25, 32],
    5: [5],
    6: [10],
    7: [25],
    8: [12, 13, 14],
    10: [4, 32],
}


def first_built(rollup: Rollup) -> None:
    """Five weeks, first built."""
    rollup.insert(
        Event(user, on(n)) for user, days in ACTIVE_DAYS.items() for n in days
    )
    rollup.build(NOW)


@pytest.fixture
def state() -> State:
    """Where each test begins."""
    return State(first_built, Definitions(cohort_days=COHORT_DAYS), has_product=True)


def on(day: int) -> datetime:
    """Return a moment so many days after the first."""
    return FIRST + timedelta(days=day)


def delete(rollup: Rollup, user: int, *days: int) -> None:
    """Delete a user's events of these days."""
    for day in days:
        rollup.execute(
            f"delete from events where user_id = {user} and performed_at = '{on(day)}'"
        )


def rebuild(rollup: Rollup, first: int, last: int, *arguments: str) -> None:
    """Have a backfill rebuild the days from the first to the last."""
    days = {"start_date": on(first).date(), "end_date": on(last).date()}
    rollup.build(NOW, *arguments, **days)


def test_whoever_returns_was_dormant_on_none_of_the_seven_days_after_the_last(
    rollup: Rollup,
) -> None:
    """The return is found by an ordinary run, which does not look at those days.

    Of its own days the first has the ends of all windows on days before it.
    """
    rollup.insert([Event(1, on(TODAY - 1))])
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)


def test_an_ordinary_run_finds_a_change_on_the_first_day_of_its_lookback(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(9, on(TODAY - LOOKBACK_DAYS))])
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)


def test_a_late_day_counts_on_the_days_after_it_to_the_end_of_each_window(
    rollup: Rollup,
) -> None:
    """Of a user who comes again after seven days, and of one who never does."""
    rollup.insert([Event(6, on(3)), Event(9, on(3))])
    rebuild(rollup, 3, 3)

    assert rollup.tables() == rollup.expected(NOW)


def test_a_late_event_on_the_last_day_that_a_cohort_is_followed_counts_in_it(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(1, on(COHORT_DAYS))])
    rebuild(rollup, COHORT_DAYS, COHORT_DAYS)

    assert rollup.tables() == rollup.expected(NOW)


def test_a_late_first_day_takes_the_user_from_the_cohort_of_the_day_that_was_first(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(6, on(4))])
    rebuild(rollup, 4, 4)

    assert rollup.tables() == rollup.expected(NOW)


def test_first_and_last_days_that_are_deleted_give_way_to_those_beside_them(
    rollup: Rollup,
) -> None:
    """Where the user was there on another day of the run, and where not at all."""
    delete(rollup, 2, 1, 8)
    delete(rollup, 8, 14)
    delete(rollup, 6, 10)
    rebuild(rollup, 1, 10)
    rebuild(rollup, 14, 14)

    assert rollup.tables() == rollup.expected(NOW)


def test_a_run_that_leaves_out_a_product_table_leaves_its_days_to_the_next_run(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(1, on(4), course_id=7)])
    rebuild(rollup, 4, 4, "--exclude=daily_active_users_by_course")
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)


def test_first_days_whose_events_are_deleted_go_from_every_table(
    rollup: Rollup,
) -> None:
    delete(rollup, 1, 0)
    delete(rollup, 2, 1)
    rollup.build(NOW, refresh="full")

    assert rollup.tables() == rollup.expected(NOW)
