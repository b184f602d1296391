"""Product tables follow a late change to the last day that it has an influence on."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.oracle import Definitions, Event
from tests.rollup import Rollup

COHORT_DAYS = 5
FIRST = datetime(2024, 3, 1, 9)
NOW = datetime(2024, 3, 21, 12)


@pytest.fixture
def rollup(whole_rollup_in: Callable[[Definitions], Rollup]) -> Rollup:
    """A rollup of three weeks, first built: each user's first day is another one.

    User 1 is there on one day, user 2 for a while, and user 3 every day.
    """
    opened = whole_rollup_in(Definitions(cohort_days=COHORT_DAYS))
    opened.insert([Event(1, on(0)), Event(2, on(1)), Event(2, on(3)), Event(2, on(8))])
    opened.insert(Event(3, on(n)) for n in range(2, 20))
    opened.build(NOW)
    return opened


def on(day: int) -> datetime:
    """Return a moment so many days after the first."""
    return FIRST + timedelta(days=day)


def rebuild(rollup: Rollup, *days: int) -> None:
    """Have a backfill rebuild the days between these two, or this one."""
    first, last = (str(on(day).date()) for day in (days[0], days[-1]))
    rollup.build(NOW, start_date=first, end_date=last)


def test_whoever_returns_is_dormant_on_none_of_the_seven_days_after_the_day_before(
    rollup: Rollup,
) -> None:
    """The return is found by an ordinary run, which does not look at those days."""
    rollup.insert([Event(1, on(19))])
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)


def test_a_late_event_on_the_last_day_that_a_cohort_is_followed_counts_in_it(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(1, on(COHORT_DAYS))])
    rebuild(rollup, COHORT_DAYS)

    assert rollup.tables() == rollup.expected(NOW)


def test_a_user_whose_last_day_is_deleted_was_last_there_on_the_day_before_it(
    rollup: Rollup,
) -> None:
    rollup.execute(f"delete from events where performed_at = '{on(8)}'")
    rebuild(rollup, 8)

    assert rollup.tables() == rollup.expected(NOW)


def test_a_run_that_leaves_out_a_product_table_leaves_its_days_to_the_next_run(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(1, on(COHORT_DAYS), course_id=7)])
    rollup.build(
        NOW,
        "--exclude=daily_active_users_by_course",
        start_date=str(on(COHORT_DAYS).date()),
        end_date=str(on(COHORT_DAYS).date()),
    )
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)
