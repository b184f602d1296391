"""What Dagster's own checks find on a rollup that is right, and on one that is not."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import dagster as dg
import pytest

from orchestration.core.settings import events_table
from orchestration.definitions import definitions
from orchestration.pipeline.assets import rollup as rollup_assets
from orchestration.pipeline.checks import CHEAP_CHECKS, THOROUGH_CHECKS
from orchestration.pipeline.checks.recount import RECOUNTED, days_to_recount
from orchestration.pipeline.events_asset import EVENTS
from orchestration.source.table import init_events_table
from orchestration.trust.check.scope import read_scope
from tests.commands import dbt_in_this_process
from tests.oracle import Definitions, Event
from tests.pipeline_runs import days_ago, evaluations, utc_now
from tests.rollup import PRODUCT_TABLES, Rollup
from tests.states import State

Evaluations = dict[tuple[str, str], dg.AssetCheckEvaluation]
ERROR, WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN
pytestmark = pytest.mark.usefixtures("one_day")
RECOUNT = "rollup_equals_events"
SEGMENTS = "daily_active_users_by_segment"
CHECKS = dg.Definitions(
    assets=[EVENTS, rollup_assets],
    asset_checks=[*CHEAP_CHECKS, *THOROUGH_CHECKS],
    jobs=[
        dg.define_asset_job(check.op.name, dg.AssetSelection.checks(check))
        for check in (*CHEAP_CHECKS, *THOROUGH_CHECKS)
    ],
    resources=definitions.resources,
    executor=dg.in_process_executor,
)


def forty_days(rollup: Rollup, _: date) -> None:
    """Forty days of a few users, the last event two hours ago, first built."""
    rollup.insert(
        Event(user, utc_now() - timedelta(days=n, hours=2))
        for n in range(40)
        for user in range(1, 6)
    )
    rollup.build(utc_now())


@pytest.fixture
def state() -> State:
    """Where each test begins that has a `rollup`, in a state of its day."""
    return State(forty_days, arguments=(days_ago(0),))


@pytest.fixture
def instance(monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """Yield an instance without runs, whose checks run dbt in this process."""
    monkeypatch.setattr("orchestration.core.dbt.finished", dbt_in_this_process)
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def made(job: str, instance: dg.DagsterInstance) -> tuple[bool, Evaluations]:
    """Make a check; return whether its run succeeded, and how it ended."""
    result = CHECKS.resolve_job_def(job).execute_in_process(
        instance=instance, raise_on_error=False
    )
    return result.success, evaluations(result)


def days_recounted(found: Evaluations) -> set[Any]:
    """Return how many days were compared, of each table that is there."""
    return {
        check.metadata["days_recounted"].value
        for check in found.values()
        if "left_out" not in check.metadata
    }


def test_the_recount_passes_where_the_tables_are_right(
    rollup: Rollup, instance: dg.DagsterInstance
) -> None:
    succeeded, found = made(RECOUNT, instance)

    assert succeeded
    assert {key: check.passed for key, check in found.items()} == {
        (table, RECOUNT): True for table in RECOUNTED
    }
    assert days_recounted(found) == {10}
    left_out = {
        table for (table, _), check in found.items() if check.metadata.get("left_out")
    }
    assert left_out == set(PRODUCT_TABLES) | {SEGMENTS}


@pytest.mark.parametrize("age", [1, 5])
def test_a_wrong_cell_is_an_error_which_fails_the_run_and_says_what_mends_it(
    rollup: Rollup, instance: dg.DagsterInstance, age: int
) -> None:
    rollup.execute(
        "update analytics.daily_active_users set dau = dau + 1"
        f" where activity_date = '{days_ago(age)}'"
    )

    succeeded, found = made(RECOUNT, instance)

    assert not succeeded
    wrong = {table for (table, _), check in found.items() if not check.passed}
    check = found["daily_active_users", RECOUNT]
    assert (wrong, check.severity) == ({"daily_active_users"}, ERROR)
    assert f"{days_ago(age)} | daily_active_users | dau" in str(
        check.metadata["cells"].value
    )
    assert f"start_date {days_ago(age)}" in str(check.metadata["to_mend"].value)


@pytest.mark.parametrize(
    ("age", "changes", "severities"),
    [
        pytest.param(3, "", {"daily_active_users": WARN}, id="a warning"),
        pytest.param(
            1,
            "delete from analytics.daily_retention where activity_date = '{6}'",
            {"daily_active_users": WARN, "daily_retention": ERROR},
            id="no excuse for another day",
        ),
        # What is of that day itself, and not of those before.
        pytest.param(
            6,
            """update analytics.daily_active_users set dau = dau + 1
            where activity_date = '{2}';
            update analytics.rejected_events set events_count = 9;
            insert into analytics.rejected_events values ('user_id is null', 3)""",
            {
                "daily_active_users": ERROR,
                "user_day_activity": WARN,
                "daily_retention": WARN,
                "rejected_events": WARN,
            },
            id="no excuse for what is not counted of their day",
        ),
    ],
)
def test_events_that_came_after_the_run_are(
    rollup: Rollup,
    instance: dg.DagsterInstance,
    age: int,
    changes: str,
    severities: dict[str, dg.AssetCheckSeverity],
) -> None:
    rollup.insert([Event(9, datetime.combine(days_ago(age), datetime.min.time()))])
    rollup.execute("select;" + changes.format(*map(days_ago, range(7))))

    succeeded, found = made(RECOUNT, instance)

    failed = {table: c.severity for (table, _), c in found.items() if not c.passed}
    assert failed == dict.fromkeys(failed, WARN) | severities
    assert severities.keys() <= failed.keys()
    assert succeeded is (ERROR not in failed.values())


def test_older_days_are_chosen_at_random_and_never_recent_or_purged_ones(
    rollup: Rollup,
) -> None:
    rollup.build(utc_now(), events_kept_from=days_ago(20))
    scope = read_scope(rollup.connection)

    chosen = [days_to_recount(scope, 3, Random(seed)) for seed in range(50)]

    older = {days.first for some in chosen for days in some[:-1]}
    assert {len(some) for some in chosen} == {4}
    assert older == {days_ago(n) for n in range(8, 21)}
    assert {(days[-1].first, days[-1].last) for days in chosen} == {
        (days_ago(7), days_ago(1))
    }


def test_without_a_day_that_is_over_and_not_purged_there_is_nothing_to_recount(
    rollup: Rollup, instance: dg.DagsterInstance
) -> None:
    rollup.build(utc_now(), events_kept_from=days_ago(0))
    purged = made(RECOUNT, instance)
    rollup.execute(f"delete from events where performed_at < '{days_ago(0)}'")
    rollup.insert([Event(1, utc_now())])
    rollup.build(utc_now(), refresh="start_over")

    for succeeded, found in (purged, made(RECOUNT, instance)):
        assert succeeded
        assert days_recounted(found) == {0}


def test_a_missing_index_is_an_error_with_the_sql_that_makes_it(
    whole_rollup_in: Callable[[Definitions], Rollup], instance: dg.DagsterInstance
) -> None:
    rollup = whole_rollup_in(Definitions())
    rollup.execute(
        "insert into events (user_id, performed_at)"
        " select n % 50, now() at time zone 'UTC' - n * interval '4 minutes'"
        " from generate_series(1, 40000) as n"
    )
    rollup.build(utc_now())
    rollup.execute("drop index events_performed_at_idx")
    rollup.execute("vacuum analyze events")

    succeeded, found = made("no_full_scans", instance)

    check = found["events", "no_full_scans"]
    assert (succeeded, check.passed, check.severity) == (False, False, ERROR)
    assert "create index" in str(check.metadata["to_mend"].value).lower()


def consumed(instance: dg.DagsterInstance) -> dg.AssetCheckEvaluation:
    """Return how the check of the change log ends."""
    _, found = made("refresh_days_change_log_consumed", instance)
    return found["refresh_days", "change_log_consumed"]


@pytest.fixture
def logged(rollup: Rollup) -> Rollup:
    """The rollup, built once more, with a change log."""
    init_events_table(rollup.connection, events_table(), print, change_log=True)
    rollup.build(utc_now())
    return rollup


def test_changes_that_a_run_has_read_and_not_handled_are_an_error(
    rollup: Rollup, instance: dg.DagsterInstance, request: pytest.FixtureRequest
) -> None:
    assert consumed(instance).passed
    request.getfixturevalue("logged")
    rollup.insert([Event(9, utc_now() - timedelta(days=30))])

    since = consumed(instance)
    rollup.build(utc_now(), "--select", "refresh_days")
    left = consumed(instance)
    rollup.build(utc_now())

    assert since.passed
    assert since.metadata["entries_since"].value == 1
    assert not left.passed
    assert left.metadata["days_left"].value == 1
    assert consumed(instance).passed


def test_a_rollup_that_has_not_run_for_a_week_is_a_warning_that_says_how_to_strike_it(
    logged: Rollup, instance: dg.DagsterInstance
) -> None:
    logged.execute(
        "insert into events_change_log_rollups (rollup, server, read_at)"
        " select name, 'here', now() - days * interval '1 day'"
        " from (values ('dev', 8), ('live', 6)) as known (name, days)"
    )
    check = consumed(instance)
    logged.execute("delete from events_change_log_rollups where rollup = 'dev'")

    assert (check.passed, check.severity) == (False, WARN)
    assert check.metadata["rollups_without_a_run_for_a_week"].value == "dev"
    assert check.metadata["to_strike_off"].value == "fast-dau init --strike-off dev"
    assert consumed(instance).passed


def test_changes_kept_for_another_rollup_only_are_none_that_was_left(
    logged: Rollup, instance: dg.DagsterInstance
) -> None:
    logged.execute("delete from events_change_log_rollups")
    logged.insert([Event(9, utc_now() - timedelta(days=30))])
    logged.execute(
        "insert into events_change_log_rollups (rollup, server, read_at, snapshot)"
        " values ('analytics', 'here', now(), pg_current_snapshot()),"
        " ('dev', 'here', now(), null);"
        "update analytics.rollup_state set change_log_snapshot = pg_current_snapshot()"
    )
    check = consumed(instance)

    assert check.passed
    assert check.metadata["entries_kept_for_other_rollups"].value == 1
    assert check.metadata["days_left"].value == 0


@pytest.mark.parametrize(
    ("age", "passed", "severity"),
    [
        (timedelta(hours=2), True, WARN),
        (timedelta(hours=25), False, WARN),
        (timedelta(hours=49), False, ERROR),
    ],
)
def test_events_are_as_fresh_as_the_newest_that_is_not_of_the_future(
    rollup: Rollup,
    instance: dg.DagsterInstance,
    age: timedelta,
    passed: bool,
    severity: dg.AssetCheckSeverity,
) -> None:
    newest = utc_now() - age
    rollup.execute(f"delete from events where performed_at > '{newest}'")
    rollup.insert([Event(1, newest), Event(1, datetime(2099, 1, 1))])

    _, found = made("events_is_fresh", instance)

    check = found["events", "is_fresh"]
    assert (check.passed, check.severity) == (passed, severity)


def test_the_rollup_is_stale_once_an_event_that_is_due_is_not_counted(
    rollup: Rollup, instance: dg.DagsterInstance
) -> None:
    _, before = made("user_day_activity_is_fresh", instance)
    rollup.execute(
        "delete from analytics.user_day_activity"
        f" where activity_date >= '{days_ago(2)}'"
    )
    _, after = made("user_day_activity_is_fresh", instance)

    assert before["user_day_activity", "is_fresh"].passed
    assert not after["user_day_activity", "is_fresh"].passed
