"""The rollup knows what its numbers mean, and refuses runs that mean something else."""

from dataclasses import replace
from datetime import date, datetime
from random import Random
from typing import Any

import pytest

from tests.dbt_processes import dbt_process, held, run_id, wait_for_write
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions
from tests.rollup import Rollup, RunError
from tests.states import State

FIRST = datetime(2024, 3, 1)
# In Auckland it is the 26th of March already.
NOW = datetime(2024, 3, 25, 12)
BUILT_WITH = Definitions("Pacific/Auckland", ("page_view", "video_play"))


def first_built(rollup: Rollup) -> None:
    """Three weeks and a half, first built."""
    rollup.insert(eventful_days(Random(11), FIRST, 25))
    rollup.insert(invalid_events(NOW))
    rollup.build(NOW)


STATE = State(first_built, BUILT_WITH)


def everything(rollup: Rollup) -> list[Any]:
    """Return all that a run writes: the tables, the days, and the state."""
    return [
        rollup.tables(),
        rollup.query("select * from analytics.refresh_days order by 1"),
        rollup.query(
            "select to_jsonb(s) - 'run_started_at' from analytics.rollup_state s"
        ),
    ]


@pytest.mark.parametrize(
    ("definitions", "difference"),
    [
        (
            Definitions("UTC", BUILT_WITH.active_kinds),
            "time_zone was Pacific/Auckland, and is UTC",
        ),
        (Definitions(BUILT_WITH.time_zone, ("page_view",)), "active_kinds was"),
        (
            replace(BUILT_WITH, events_start_date=date(2024, 3, 5)),
            "events_start_date was 2000-01-01, and is 2024-03-05",
        ),
    ],
    ids=["time zone", "kinds", "start date"],
)
@pytest.mark.parametrize("arguments", [[], ["--full-refresh"]], ids=["run", "refresh"])
def test_a_run_with_other_definitions_stops_before_it_writes(
    rollup: Rollup, definitions: Definitions, difference: str, arguments: list[str]
) -> None:
    """The message names both values and the command; the run lock is free again."""
    before = everything(rollup)

    with pytest.raises(RunError) as refused:
        Rollup(rollup.connection, definitions).build(NOW, *arguments)

    message = str(refused.value)
    assert "was built with other definitions" in message
    assert difference in message
    assert "fast-dau dbt build --vars 'fast_dau_refresh: start_over'" in message
    assert "Nothing ran" in message
    assert everything(rollup) == before
    assert run_id(rollup.connection) is None


def test_the_same_definitions_go_on_in_whatever_order_the_kinds_stand(
    rollup: Rollup,
) -> None:
    kinds = (*reversed(BUILT_WITH.active_kinds), "page_view")
    rollup.definitions = replace(BUILT_WITH, active_kinds=kinds)
    changed = rollup.build(NOW, refresh="full")

    assert sum(changed[name] for name in rollup.tables()) == 0
    assert rollup.tables() == rollup.expected(NOW)


def test_to_start_over_rebuilds_everything_by_the_new_definitions(
    rollup: Rollup,
) -> None:
    definitions = Definitions("UTC", ("page_view",), date(2024, 3, 5))
    other = Rollup(rollup.connection, definitions)
    other.build(NOW, refresh="start_over")
    started_over = other.tables()
    other.build(NOW)

    assert started_over == other.tables() == other.expected(NOW)
    with pytest.raises(RunError, match="other definitions"):
        rollup.build(NOW)


@pytest.mark.prove
@pytest.mark.parametrize("table", ["refresh_days", "returning_users"])
def test_a_new_start_that_was_killed_is_made_good_by_the_next_ordinary_run(
    rollup: Rollup, table: str
) -> None:
    """What was purged before it is forgotten all the same."""
    rollup.execute(f"delete from events where performed_at < '{FIRST:%Y-%m}-04 18:00'")
    variables = {"run_at": NOW, "time_zone": "UTC", "events_kept_from": None}
    with (
        dbt_process("run", refresh="start_over", **variables) as run,
        held(table),
    ):
        wait_for_write(run, rollup.connection, table)
        run.kill()

    healed = Rollup(rollup.connection, Definitions("UTC"))
    healed.dbt("run", silent_seconds=1, **variables)

    assert healed.tables() == healed.expected(NOW)


def test_a_new_start_that_failed_is_made_good_by_runs_of_single_models(
    rollup: Rollup,
) -> None:
    other = Rollup(rollup.connection, Definitions("UTC"))
    other.build(NOW, "--select", "daily_retention", refresh="start_over")
    other.build(NOW, "--select", "refresh_days", "user_day_activity")
    other.build(NOW)

    assert other.tables() == other.expected(NOW)
