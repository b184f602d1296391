"""Runs of dbt that overlap take turns; one that died, or was passed by, is noticed."""

from contextlib import ExitStack
from datetime import datetime, timedelta
from random import Random

import pytest

from orchestration.core.connection import Connection
from tests.dbt_processes import (
    TURN_LOCK,
    TURN_LOCK_IS_AWAITED,
    WAITING,
    dbt_process,
    held,
    run_id,
    wait_for_write,
    wait_while_running,
)
from tests.events_tables import execute, in_background
from tests.made_up_events import eventful_days
from tests.oracle import Event
from tests.rollup import Rollup, RunError
from tests.states import State
from tests.test_replace_days import indexes, valid_indexes

FIRST = datetime(2024, 3, 1)
NOW = datetime(2024, 3, 25, 12)
LATER = NOW + timedelta(hours=14)

Kind = tuple[list[str], dict[str, str]]
ORDINARY: Kind = (["run"], {})
TESTED: Kind = (["build", "--exclude-resource-type=unit_test"], {})
FULL: Kind = (["run"], {"refresh": "full"})
FULL_REFRESH: Kind = (["run", "--full-refresh"], {})
START_OVER: Kind = (["run"], {"refresh": "start_over"})
BOTH_ARE_BLOCKED = """(select count(*) = 2 from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock')"""
# Does not wait long for a run that was killed.
HEIR = {"run_at": LATER, "silent_seconds": 1}
ANOTHER_RUN = "00000000-0000-0000-0000-000000000000"


TAKE_LOCK = f"update analytics.rollup_state set run_id = '{ANOTHER_RUN}'"
# Between two models, as another run would.
TAKE_LOCK_MEANWHILE = f"""
create function take_lock() returns trigger language plpgsql as $$
begin
    {TAKE_LOCK};
    return null;
end $$;
create trigger take_lock after insert or update or delete on analytics.refresh_days
for each statement execute function take_lock()
"""


def unbuilt(rollup: Rollup) -> None:
    """Three weeks and a half, not yet built."""
    rollup.insert(eventful_days(Random(3), FIRST, 25))


def first_built(rollup: Rollup) -> None:
    """Three weeks and a half, first built, and events of two days more."""
    unbuilt(rollup)
    rollup.build(NOW)
    rollup.insert(eventful_days(Random(4), NOW - timedelta(days=1), 2))


STATE = State(first_built)


@pytest.mark.prove
@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        pytest.param(TESTED, TESTED, id="two builds"),
        pytest.param(ORDINARY, FULL, id="a full run under an ordinary one"),
        pytest.param(ORDINARY, FULL_REFRESH, id="a full refresh under an ordinary run"),
        pytest.param(START_OVER, ORDINARY, id="an ordinary run under a new start"),
    ],
)
def test_of_two_runs_at_once_the_later_one_waits_and_both_end_well(
    rollup: Rollup, earlier: Kind, later: Kind
) -> None:
    """Also where events come while the earlier one is at work."""
    arguments, variables = earlier
    with (
        ExitStack() as stack,
        dbt_process(*arguments, run_at=NOW, **variables) as first,
    ):
        with held("returning_users"):
            wait_for_write(first, rollup.connection, "returning_users")
            rollup.insert([Event(77, NOW), Event(77, NOW - timedelta(days=1))])
            arguments, variables = later
            second = stack.enter_context(
                dbt_process(*arguments, run_at=LATER, **variables)
            )
            line = second.read_until(WAITING)
            holder = run_id(rollup.connection)
        first.succeed()
        second.succeed()

    assert holder is not None
    assert holder in line
    assert rollup.tables() == rollup.expected(LATER)
    assert valid_indexes(rollup) == indexes()
    assert run_id(rollup.connection) is None


@pytest.mark.prove
@pytest.mark.parametrize("state", [State(unbuilt)], ids=["unbuilt"])
def test_two_first_builds_at_once_on_an_empty_database_both_end_well(
    rollup: Rollup, other: Connection
) -> None:
    """Both begin to make the tables of state at the same moment."""
    rollup.execute("create schema analytics")
    execute(
        other,
        "lock table events",
        "savepoint locked",
        "create table analytics.rollup_state ()",
    )
    with (
        dbt_process("run", run_at=LATER) as one,
        dbt_process("run", run_at=LATER) as another,
    ):
        for process in (one, another):
            process.read_until("Concurrency:")
        wait_while_running(one, rollup.connection, BOTH_ARE_BLOCKED)
        execute(other, "rollback to savepoint locked")
        wait_while_running(one, rollup.connection, BOTH_ARE_BLOCKED)
        other.rollback()
        one.succeed()
        another.succeed()

    assert WAITING in one.output + another.output
    assert rollup.tables() == rollup.expected(LATER)
    assert valid_indexes(rollup) == indexes()


def test_a_run_whose_lock_was_taken_writes_no_further_table(rollup: Rollup) -> None:
    before = rollup.tables()
    rollup.execute(TAKE_LOCK_MEANWHILE)

    with pytest.raises(RunError, match="this run does not hold the run lock"):
        rollup.build(NOW)

    assert rollup.tables() == before
    assert run_id(rollup.connection) == ANOTHER_RUN


def test_a_run_that_has_waited_long_enough_stops_and_changes_nothing(
    rollup: Rollup,
) -> None:
    """For one that has only just fallen silent."""
    before = rollup.tables()
    rollup.execute(TAKE_LOCK)

    reason = f"the run {ANOTHER_RUN} is still at work.*Nothing ran"
    with pytest.raises(RunError, match=reason):
        rollup.build(NOW, wait_minutes=0, silent_seconds=10)

    assert rollup.tables() == before
    assert run_id(rollup.connection) == ANOTHER_RUN


@pytest.mark.prove
def test_a_run_presumed_dead_that_comes_back_is_stopped_before_it_writes(
    rollup: Rollup, other: Connection
) -> None:
    """It is stopped between two models while its lock is taken."""
    before = rollup.tables()
    with dbt_process("run", run_at=NOW) as run:
        with held("refresh_days"):
            wait_for_write(run, rollup.connection, "refresh_days")
            lock = f"select pg_advisory_xact_lock({TURN_LOCK})"
            between_models = in_background(lambda: execute(other, lock))
            wait_while_running(run, rollup.connection, TURN_LOCK_IS_AWAITED)
        between_models.join()
        wait_while_running(run, rollup.connection, TURN_LOCK_IS_AWAITED)
        execute(other, TAKE_LOCK)
        other.commit()
        code = run.finish()
    after = rollup.tables()
    holder = run_id(rollup.connection)
    with dbt_process("run", **HEIR) as heir:
        heir.succeed()

    assert code != 0
    assert "this run does not hold the run lock" in run.output
    assert (after, holder) == (before, ANOTHER_RUN)
    assert rollup.tables() == rollup.expected(LATER)


def test_a_run_that_was_killed_is_followed_by_one_that_says_so(rollup: Rollup) -> None:
    with dbt_process("run", run_at=NOW) as killed:
        with held("daily_active_users"):
            wait_for_write(killed, rollup.connection, "daily_active_users")
            killed.kill()
            holder = run_id(rollup.connection)
        rollup.insert([Event(77, NOW - timedelta(days=2))])
        with dbt_process("run", **HEIR) as heir:
            heir.succeed()

    assert f"the run {holder} stopped without a word" in heir.output
    assert rollup.tables() == rollup.expected(LATER)
    assert run_id(rollup.connection) is None
