"""The live views at the ends of what they count: first open day, this second, D-7."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.oracle import Definitions, Event, tables
from tests.rollup import Rollup

DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    """The time, as naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


@pytest.fixture
def rollup(whole_rollup_in: Callable[[Definitions], Rollup], now: datetime) -> Rollup:
    """A rollup built two days ago: on that day came events since, on none yesterday.

    Its zone is one in which it is between noon and one.
    """
    opened = whole_rollup_in(Definitions(f"Etc/GMT{now.hour - 12:+d}"))
    opened.insert([Event(1, now - 7 * DAY), Event(2, now - 8 * DAY)])
    opened.insert([Event(3, now - 2 * DAY)])
    opened.build(now - 2 * DAY)
    opened.insert([Event(4, now - 2 * DAY + timedelta(hours=1))])
    opened.insert(Event(user, now - timedelta(hours=1)) for user in (1, 2, 4))
    return opened


def live(rollup: Rollup, table: str) -> list[tuple[Any, ...]]:
    """Return the rows of a table's view, sorted."""
    return sorted(rollup.query(f"select * from analytics.{table}_live"))


def test_days_without_a_run_and_the_one_before_them_are_counted_up_to_now(
    rollup: Rollup, now: datetime
) -> None:
    """Also an event of a clock that is a little ahead."""
    rollup.insert([Event(5, now + timedelta(minutes=4))])
    expected = tables(rollup.events(), now, rollup.definitions)
    today = [
        row
        for row in expected["returning_users"]
        if row[0] == rollup.definitions.local_date(now)
    ]

    assert live(rollup, "daily_active_users") == expected["daily_active_users"]
    assert [row[1] for row in expected["daily_active_users"][-3:]] == [2, 0, 4]
    assert live(rollup, "returning_users") == today != []
