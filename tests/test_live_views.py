"""The live views count up to this second, by the server's own clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.oracle import Definitions, Event, tables
from tests.rollup import Rollup
from tests.states import State

pytestmark = pytest.mark.usefixtures("one_day")
DAY = timedelta(days=1)


def now() -> datetime:
    """Return the time, as naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def built_two_days_ago(rollup: Rollup) -> None:
    """Events of D-8 and D-7; since the run two days ago, of its day and of today."""
    rollup.insert([Event(1, now() - 7 * DAY), Event(2, now() - 8 * DAY)])
    rollup.insert([Event(3, now() - 2 * DAY)])
    rollup.build(now() - 2 * DAY)
    rollup.insert([Event(4, now() - 2 * DAY + timedelta(hours=1))])
    rollup.insert(Event(user, now() - timedelta(hours=1)) for user in (1, 2, 4))
    rollup.insert([Event(99, now() + DAY), Event(None, now())])


@pytest.fixture
def state() -> State:
    """Return the state in a zone in which it is between noon and one."""
    definitions = Definitions(f"Etc/GMT{now().hour - 12:+d}")
    return State(built_two_days_ago, definitions, has_product=True)


def live(rollup: Rollup, view: str) -> list[tuple[Any, ...]]:
    """Return the rows of a view, sorted."""
    return sorted(rollup.query(f"select * from analytics.{view}"))


def recount(rollup: Rollup, table: str) -> list[tuple[Any, ...]]:
    """Return what the oracle says of the events up to this moment."""
    return tables(rollup.events(), now(), rollup.definitions)[table]


def returning_today(rollup: Rollup) -> list[tuple[Any, ...]]:
    """Return the oracle's returning users of today."""
    today = rollup.definitions.local_date(now())
    return [row for row in recount(rollup, "returning_users") if row[0] == today]


def test_days_without_a_run_and_the_one_before_them_are_counted_up_to_this_second(
    rollup: Rollup,
) -> None:
    """Also an event of a clock that is a little ahead."""
    for change in (
        lambda: rollup.insert([Event(5, now() + timedelta(minutes=4))]),
        lambda: rollup.insert([Event(3, now())]),
        lambda: rollup.build(now()),
    ):
        change()
        daily = recount(rollup, "daily_active_users")

        assert live(rollup, "daily_active_users_live") == daily
        assert live(rollup, "returning_users_live") == returning_today(rollup) != []
    assert [row[1] for row in daily[-3:]] == [2, 0, 5]


def test_a_run_leaves_the_views_alone_so_that_it_waits_for_no_reader(
    rollup: Rollup,
) -> None:
    views = (
        "select oid, xmin::text from pg_class where relkind = 'v'"
        " and relnamespace = 'analytics'::regnamespace order by 1"
    )
    before = rollup.query(views)
    rollup.build(now(), refresh="full")

    assert len(before) == 3
    assert rollup.query(views) == before


def test_views_come_again_after_a_run_that_starts_over_or_means_something_else(
    rollup: Rollup,
) -> None:
    rollup.execute("update events set kind = 'play' where user_id % 2 = 0")
    rollup.definitions = Definitions("Asia/Tokyo", active_kinds=("play",))
    rollup.build(now(), refresh="start_over")
    rollup.insert([Event(7, now(), "play"), Event(1002, now(), "page_view")])

    assert live(rollup, "daily_active_users_live") == recount(
        rollup, "daily_active_users"
    )


@pytest.mark.parametrize("state", [State(has_product=True)], ids=["empty"])
def test_the_first_events_are_counted_before_any_run_has(rollup: Rollup) -> None:
    seen = "select dau, is_complete from analytics.daily_active_users_live"
    rollup.build(now())

    assert rollup.query(f"{seen} where dau > 0") == []

    rollup.insert([Event(1, now())])

    assert rollup.query(f"{seen} where dau > 0") == [(1, False)]
    assert rollup.query("select * from analytics.returning_users_live") == []


def test_weekly_cohorts_add_up_daily_ones_and_wait_for_the_last(rollup: Rollup) -> None:
    rollup.build(now())
    weeks: dict[Any, list[Any]] = {}
    for cohort, number, size, active, _ in rollup.tables()["cohort_retention"]:
        monday = cohort - timedelta(days=cohort.weekday())
        cell = weeks.setdefault((monday, number), [0, 0])
        cell[0] += size
        cell[1] = None if active is None or cell[1] is None else cell[1] + active

    assert live(rollup, "weekly_cohort_retention") == sorted(
        (
            monday,
            number,
            size,
            active,
            active / size if size and active is not None else None,
        )
        for (monday, number), (size, active) in weeks.items()
    )
