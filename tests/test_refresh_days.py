"""Which days a run rebuilds, and the reason that it gives for each."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.oracle import Definitions, Event
from tests.rollup import Rollup
from tests.states import State

# In Berlin it is already the 20th of March, half an hour past midnight.
NOW = datetime(2024, 3, 19, 23, 30)
TODAY = date(2024, 3, 20)
TOMORROW = date(2024, 3, 21)
FIRST = date(2024, 3, 1)
DAY = timedelta(days=1)


def first_built(rollup: Rollup) -> None:
    """The first event is of the 1st of March in Berlin."""
    rollup.insert([Event(1, datetime(2024, 2, 29, 23)), Event(2, NOW)])
    rollup.build(NOW)


STATE = State(first_built, Definitions(time_zone="Europe/Berlin"))


def reasons(rollup: Rollup) -> dict[date, str]:
    """Return the reason of each day in refresh_days."""
    return dict(
        rollup.query("select activity_date, reason from analytics.refresh_days")
    )


def days(first: date, last: date, reason: str) -> dict[date, str]:
    """Return the days from the first to the last, both included, with a reason."""
    return {first + n * DAY: reason for n in range((last - first).days + 1)}


LOOKBACK = days(date(2024, 3, 17), date(2024, 3, 19), "lookback")
ORDINARY = LOOKBACK | {TODAY: "open"}


def test_the_first_build_takes_every_day_of_history(rollup: Rollup) -> None:
    assert reasons(rollup) == days(FIRST, TODAY, "first build")


@pytest.mark.parametrize(
    ("now", "variables", "expected"),
    [
        pytest.param(NOW, {}, ORDINARY, id="an ordinary run: today and the lookback"),
        pytest.param(
            NOW + 2 * DAY,
            {"lookback_days": 1},
            {date(2024, 3, 19): "lookback", TODAY: "open"}
            | days(TOMORROW, date(2024, 3, 22), "missing"),
            id="the lookback counts from the first day that was not over",
        ),
        pytest.param(
            NOW,
            {"start_date": "2024-02-01", "end_date": "2024-03-04"},
            days(FIRST, date(2024, 3, 4), "backfill"),
            id="a backfill: exactly its days of history",
        ),
        pytest.param(
            NOW + DAY,
            {"start_date": "2024-03-04", "end_date": "2024-03-04"},
            {date(2024, 3, 4): "backfill"} | ORDINARY | {TOMORROW: "missing"},
            id="a backfill on a new day: the ordinary run too",
        ),
    ],
)
def test_a_run_takes_the_days_of_its_kind(
    now: datetime, variables: dict[str, Any], expected: dict[date, str], rollup: Rollup
) -> None:
    rollup.insert([Event(3, NOW - timedelta(hours=6))])
    rollup.build(now, **variables)

    assert reasons(rollup) == expected
    # On the day of the run before, a backfill does not look back.
    if TODAY in expected:
        assert rollup.tables() == rollup.expected(now)


def test_a_full_rollup_takes_every_day_that_the_events_hold(rollup: Rollup) -> None:
    rollup.execute("delete from events where user_id = 1")
    rollup.insert([Event(1, datetime(2024, 3, 10, 12))])
    rollup.build(NOW, refresh="full")

    gone = days(FIRST, date(2024, 3, 9), "gone")
    full = days(date(2024, 3, 10), date(2024, 3, 16), "full")
    assert reasons(rollup) == gone | full | ORDINARY


def test_an_event_older_than_all_history_adds_the_days_up_to_it(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(1, datetime(2024, 2, 26, 12))])
    rollup.build(NOW)

    older = days(date(2024, 2, 26), date(2024, 2, 29), "missing")
    assert reasons(rollup) == older | ORDINARY
    assert rollup.tables() == rollup.expected(NOW)
