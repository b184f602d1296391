"""The first day that is counted anew, right at the cut between kept days and others."""

from datetime import date, datetime

import pytest

from tests.oracle import Event
from tests.rollup import Rollup
from tests.states import State

NOW = datetime(2024, 3, 10, 12)
MARCH_5 = datetime(2024, 3, 5)


def first_built(rollup: Rollup) -> None:
    """Ten days, first built: one user in the morning, two at night."""
    rollup.insert(Event(1, datetime(2024, 3, day, 8)) for day in range(1, 11))
    rollup.insert(
        Event(user, datetime(2024, 3, day, 20))
        for day in range(1, 10)
        for user in (2, 3)
    )
    rollup.build(NOW)


@pytest.fixture
def state() -> State:
    """Where each test begins."""
    return State(first_built)


def dau(rollup: Rollup) -> dict[date, int]:
    """Return DAU by day."""
    return dict(
        rollup.query("select activity_date, dau from analytics.daily_active_users")
    )


def test_the_day_of_a_cut_is_kept_and_so_are_days_before_it_once_nothing_is_purged(
    rollup: Rollup,
) -> None:
    """The cut takes half of the 5th; then events come on days that are kept."""
    published = dau(rollup)
    rollup.execute("delete from events where performed_at < '2024-03-05 12:00'")
    purged = {"events_kept_from": None, "missing_events": "purged"}
    rollup.build(NOW, refresh="full", **purged)
    after_cut = dau(rollup)
    rollup.insert([Event(7, datetime(2024, 3, 2)), Event(7, MARCH_5)])
    rollup.build(NOW, refresh="full", events_kept_from=None)

    assert after_cut == dau(rollup) == published
    assert rollup.query("select kept_from from analytics.rollup_state") == [
        (date(2024, 3, 6),)
    ]


def test_first_days_that_no_purge_may_touch_go_with_their_events(
    rollup: Rollup,
) -> None:
    """Where the first day of history is the very day from which all is kept."""
    rollup.execute("delete from events where performed_at < '2024-03-03'")
    rollup.build(NOW, refresh="full", events_kept_from="2024-03-01")

    assert rollup.tables() == rollup.expected(NOW)
    assert min(dau(rollup)) == date(2024, 3, 3)
