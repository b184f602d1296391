"""A run leaves alone the tables of which nothing changed, and only those."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest

from orchestration.core.manifest import models
from tests.made_up_events import eventful_days
from tests.oracle import Event
from tests.rollup import Rollup, RunError
from tests.states import State

FIRST = datetime(2024, 3, 1)
NOW = datetime(2024, 3, 25, 12)
NEW_EVENT = Event(4, NOW)


def built(rollup: Rollup) -> None:
    """Three weeks and a half, built at once."""
    rollup.insert(eventful_days(Random(3), FIRST, 25))
    rollup.build(NOW)


STATE = State(built, has_product=True)


def made_of_tables() -> list[str]:
    """Return the tables that hold nothing but what other tables say."""
    return [
        name
        for name, model in models().items()
        if model["config"]["meta"].get("is_made_of_tables")
    ]


def spoil(rollup: Rollup) -> None:
    """Change a count of today in a table that a run may leave alone."""
    rollup.execute(
        "update analytics.rolling_active_users set wau_7d = wau_7d + 1000"
        f" where activity_date = '{NOW.date()}'"
    )


def test_a_table_is_left_alone_where_nothing_that_it_is_made_of_has_changed(
    rollup: Rollup,
) -> None:
    spoil(rollup)
    before = rollup.tables()
    written = rollup.build(NOW + timedelta(minutes=1))

    assert len(made_of_tables()) == 9
    assert {written[name] for name in made_of_tables()} == {0}
    assert rollup.tables() == before != rollup.expected(NOW)


def come(rollup: Rollup) -> None:
    """Let one event come."""
    rollup.insert([NEW_EVENT])


def build_no_more_than_days_of_users(rollup: Rollup) -> None:
    """Let one event come, and run what counts days of users alone."""
    rollup.insert([NEW_EVENT])
    rollup.build(NOW, "--select", "refresh_days", "user_day_activity")


def fail_half_way(rollup: Rollup) -> None:
    """Let one event come, and a run fail once the table of days is done."""
    rollup.insert([NEW_EVENT])
    with (
        rollup.stopped_at("returning_users"),
        pytest.raises(RunError, match="stopped"),
    ):
        rollup.build(NOW)


def fail_half_way_and_backfill(rollup: Rollup) -> None:
    """Let such a run be followed by one of another day."""
    fail_half_way(rollup)
    rollup.build(NOW, start_date=FIRST.date(), end_date=FIRST.date())


def lose(statement: str) -> Callable[[Rollup], None]:
    """Return what takes rows of an input away by hand."""
    return lambda rollup: rollup.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        come,
        build_no_more_than_days_of_users,
        fail_half_way,
        fail_half_way_and_backfill,
        lose(
            "delete from events where performed_at::date = '2024-03-24' and user_id < 9"
        ),
        lose("drop table analytics.rolling_active_users cascade"),
        lose("drop table analytics.daily_active_users cascade"),
        lose("truncate analytics.daily_active_users"),
        lose(
            "delete from analytics.user_day_activity where activity_date > '2024-03-22'"
        ),
    ],
)
def test_a_run_after_any_change_equals_a_recount(
    rollup: Rollup, change: Callable[[Rollup], None]
) -> None:
    rollup.build(NOW)
    change(rollup)
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)


@pytest.mark.parametrize(
    "variables",
    [{"refresh": "full"}, {"start_date": NOW.date(), "end_date": NOW.date()}],
)
def test_a_run_that_was_asked_for_its_days_builds_every_table(
    rollup: Rollup, variables: dict[str, object]
) -> None:
    """Also where the run before was asked for the same."""
    rollup.build(NOW, **variables)
    spoil(rollup)
    rollup.build(NOW, **variables)

    assert rollup.tables() == rollup.expected(NOW)


def test_a_run_on_a_new_day_builds_every_table(rollup: Rollup) -> None:
    spoil(rollup)
    tomorrow = NOW + timedelta(days=1)
    rollup.build(tomorrow)

    assert rollup.tables() == rollup.expected(tomorrow)


def test_a_run_of_one_table_builds_it_although_nothing_has_changed(
    rollup: Rollup,
) -> None:
    spoil(rollup)
    rollup.build(NOW, "--select", "rolling_active_users")

    assert rollup.tables() == rollup.expected(NOW)
