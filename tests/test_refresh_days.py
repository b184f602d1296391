"""Which days a run rebuilds, and the reason that it gives for each."""

from datetime import date, datetime, timedelta

import pytest

from tests.oracle import Definitions, Event
from tests.rollup import Rollup
from tests.states import State

# In Berlin it is already the 20th of March, half an hour past midnight.
NOW = datetime(2024, 3, 19, 23, 30)
TODAY = date(2024, 3, 20)
FIRST = date(2024, 3, 1)


def first_built(rollup: Rollup) -> None:
    """The first event is of the 1st of March in Berlin."""
    rollup.insert([Event(1, datetime(2024, 2, 29, 23)), Event(2, NOW)])
    rollup.build(NOW)


@pytest.fixture
def state() -> State:
    """Where each test begins."""
    return State(first_built, Definitions(time_zone="Europe/Berlin"))


def reasons(rollup: Rollup) -> dict[date, str]:
    """Return the reason of each day in refresh_days."""
    return dict(
        rollup.query("select activity_date, reason from analytics.refresh_days")
    )


def days(first: date, last: date, reason: str) -> dict[date, str]:
    """Return the days from the first to the last, both included, with a reason."""
    return {first + timedelta(days=n): reason for n in range((last - first).days + 1)}


def ago(number: int) -> date:
    """Return the day so many days before today."""
    return TODAY - timedelta(days=number)


def test_the_first_build_takes_every_day_of_history(rollup: Rollup) -> None:
    assert reasons(rollup) == days(FIRST, TODAY, "first build")


def test_an_ordinary_run_takes_today_and_the_lookback(rollup: Rollup) -> None:
    rollup.build(NOW)

    lookback = days(ago(3), ago(1), "lookback")
    assert reasons(rollup) == lookback | {TODAY: "open"}


def test_the_lookback_counts_from_the_first_day_that_was_not_over(
    rollup: Rollup,
) -> None:
    rollup.build(NOW + timedelta(days=2), lookback_days=1)

    tomorrow, last = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    missing = days(tomorrow, last, "missing")
    assert reasons(rollup) == {ago(1): "lookback", TODAY: "open"} | missing


def test_a_full_rollup_takes_every_day_that_the_events_hold(rollup: Rollup) -> None:
    rollup.execute("delete from events where user_id = 1")
    rollup.insert([Event(1, datetime(2024, 3, 10, 12))])
    rollup.build(NOW, refresh="full")

    gone = days(FIRST, date(2024, 3, 9), "gone")
    full = days(date(2024, 3, 10), ago(4), "full")
    lookback = days(ago(3), ago(1), "lookback")
    assert reasons(rollup) == gone | full | lookback | {TODAY: "open"}


def test_a_backfill_takes_exactly_its_days_of_history(rollup: Rollup) -> None:
    rollup.build(NOW, start_date="2024-02-01", end_date="2024-03-04")

    assert reasons(rollup) == days(FIRST, date(2024, 3, 4), "backfill")


def test_a_backfill_on_a_new_day_is_the_ordinary_run_too(rollup: Rollup) -> None:
    rollup.build(
        NOW + timedelta(days=1), start_date="2024-03-04", end_date="2024-03-04"
    )

    ordinary = days(ago(3), ago(1), "lookback") | {TODAY: "open"}
    new = {TODAY + timedelta(days=1): "missing"}
    assert reasons(rollup) == {date(2024, 3, 4): "backfill"} | ordinary | new


def test_an_event_older_than_all_history_adds_the_days_up_to_it(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(1, datetime(2024, 2, 26, 12))])
    rollup.build(NOW)

    older = days(date(2024, 2, 26), date(2024, 2, 29), "missing")
    ordinary = days(ago(3), ago(1), "lookback") | {TODAY: "open"}
    assert reasons(rollup) == older | ordinary
