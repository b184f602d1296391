"""A run follows a late change to the last day, user and cohort that it touches."""

from datetime import datetime, timedelta
from typing import Any

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


def days(first: int, last: int) -> dict[str, Any]:
    """Return the variables of a backfill of these days."""
    return {"start_date": on(first).date(), "end_date": on(last).date()}


# Events that come; days of users that are deleted; and the variables of the runs.
CHANGES: dict[str, tuple[list[Event], dict[int, list[int]], list[dict[str, Any]]]] = {
    # Found by an ordinary run, which does not look at those days. Of its own days the
    # first has the ends of all windows on days before it.
    "whoever returns was dormant on none of the seven days after the last": (
        [Event(1, on(TODAY - 1))],
        {},
        [{}],
    ),
    "an ordinary run finds a change on the first day of its lookback": (
        [Event(9, on(TODAY - LOOKBACK_DAYS))],
        {},
        [{}],
    ),
    # Of a user who comes again after seven days, and of one who never does.
    "a late day counts on the days after it to the end of each window": (
        [Event(6, on(3)), Event(9, on(3))],
        {},
        [days(3, 3)],
    ),
    "a late event on the last day that a cohort is followed counts in it": (
        [Event(1, on(COHORT_DAYS))],
        {},
        [days(COHORT_DAYS, COHORT_DAYS)],
    ),
    "a late first day takes the user from the cohort of the day that was first": (
        [Event(6, on(4))],
        {},
        [days(4, 4)],
    ),
    # Where the user was there on another day of the run, and where not at all.
    "first and last days that are deleted give way to those beside them": (
        [],
        {2: [1, 8], 8: [14], 6: [10]},
        [days(1, 10), days(14, 14)],
    ),
    "first days whose events are deleted go from every table": (
        [],
        {1: [0], 2: [1]},
        [{"refresh": "full"}],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_run_follows_a_change_to_the_last_number_that_it_touches(
    rollup: Rollup, change: str
) -> None:
    coming, deleted, runs = CHANGES[change]
    rollup.insert(coming)
    for user, gone in deleted.items():
        moments = ", ".join(f"'{on(day)}'" for day in gone)
        rollup.execute(
            f"delete from events where user_id = {user} and performed_at in ({moments})"
        )
    for variables in runs:
        rollup.build(NOW, **variables)

    assert rollup.tables() == rollup.expected(NOW)


def test_a_run_that_leaves_out_a_product_table_leaves_its_days_to_the_next_run(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(1, on(4), course_id=7)])
    rollup.build(NOW, "--exclude=daily_active_users_by_course", **days(4, 4))
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)
