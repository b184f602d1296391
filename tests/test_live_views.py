"""The live views count up to this second, by the server's own clock."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.oracle import Definitions, Event, tables
from tests.rollup import Rollup
from tests.states import State

pytestmark = pytest.mark.usefixtures("one_day")
ZONES = [
    "America/Los_Angeles",
    pytest.param("UTC", marks=pytest.mark.prove),
    pytest.param("Pacific/Kiritimati", marks=pytest.mark.prove),
]


def now() -> datetime:
    """Return the time, as naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def built_two_days_ago(rollup: Rollup) -> None:
    """Ten days up to now, built two days ago; events have come since."""
    random = Random(3)
    rollup.insert(
        Event(random.randrange(12), now() - timedelta(hours=random.randrange(240)))
        for _ in range(120)
    )
    rollup.build(now() - timedelta(days=2))
    rollup.insert(
        Event(random.randrange(6, 18), now() - timedelta(hours=random.randrange(24)))
        for _ in range(30)
    )
    rollup.insert([Event(99, now() + timedelta(days=1)), Event(None, now())])


@pytest.fixture(params=ZONES)
def state(request: pytest.FixtureRequest) -> State:
    """Where each test begins."""
    return State(built_two_days_ago, Definitions(request.param), has_product=True)


def live(rollup: Rollup, view: str) -> list[tuple[Any, ...]]:
    """Return the rows of a view, sorted."""
    return sorted(rollup.query(f"select * from analytics.{view}"))


def recount(rollup: Rollup, table: str) -> list[tuple[Any, ...]]:
    """Return what the oracle says of the events up to this moment."""
    return tables(rollup.events(), now(), rollup.definitions)[table]


def test_dau_is_that_of_this_second_also_where_no_run_came_for_two_days(
    rollup: Rollup,
) -> None:
    assert live(rollup, "daily_active_users_live") == recount(
        rollup, "daily_active_users"
    )

    rollup.insert([Event(1000, now())])

    assert live(rollup, "daily_active_users_live") == recount(
        rollup, "daily_active_users"
    )


def test_returning_users_are_those_of_today(rollup: Rollup) -> None:
    def of_today() -> list[tuple[Any, ...]]:
        today = rollup.definitions.local_date(now())
        rows = recount(rollup, "returning_users")
        return [row for row in rows if row[0] == today]

    assert live(rollup, "returning_users_live") == of_today()

    rollup.build(now())

    assert live(rollup, "returning_users_live") == of_today()


def test_a_run_leaves_the_views_alone_so_that_it_waits_for_no_reader(
    rollup: Rollup,
) -> None:
    before = rollup.query(
        "select oid, xmin::text from pg_class where relkind = 'v'"
        " and relnamespace = 'analytics'::regnamespace order by 1"
    )
    rollup.build(now(), refresh="full")
    after = rollup.query(
        "select oid, xmin::text from pg_class where relkind = 'v'"
        " and relnamespace = 'analytics'::regnamespace order by 1"
    )

    assert len(before) == 3
    assert after == before


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
