"""The jobs, run for real: what they rebuild, what they say of it, and how they fail."""

from collections.abc import Iterator
from datetime import date

import dagster as dg
import pytest

from orchestration.core.dbt import run_dbt
from orchestration.core.manifest import models
from tests.oracle import Event
from tests.pipeline_runs import (
    Pipeline,
    days_ago,
    differing_tables,
    evaluations,
    failures,
    metadata,
    noon,
    utc_now,
)
from tests.rollup import Rollup
from tests.states import State

pytestmark = pytest.mark.usefixtures("one_day")
USERS = range(1, 6)


@pytest.fixture(scope="module")
def parsed_project(cluster: dict[str, str]) -> None:
    """Have dbt parse the project for the tests' database, once for all runs."""
    variables = {**cluster, "PGDATABASE": "test"}
    assert run_dbt(["--quiet", "parse"], variables) == 0


def forty_days(rollup: Rollup, _: date) -> None:
    """Forty days of a few users, not built yet."""
    rollup.insert(Event(user, noon(n)) for n in range(1, 41) for user in USERS)


@pytest.fixture
def state() -> State:
    """Where each test begins, in a state of its day."""
    return State(forty_days, has_product=True, arguments=(days_ago(0),))


@pytest.fixture
def pipeline(rollup: Rollup, parsed_project: None) -> Iterator[Pipeline]:
    """Yield the jobs over the rollup, and an instance of their own."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield Pipeline(rollup, instance)


@pytest.mark.prove
def test_hourly_nightly_and_backfill_runs_keep_the_tables_right_and_say_what_they_did(
    pipeline: Pipeline,
) -> None:
    rollup = pipeline.rollup

    first = pipeline.run("hourly_incremental")

    assert first.success
    assert differing_tables(pipeline.rollup) == {}
    said = metadata(first)
    assert set(said) == {"events", *models()}
    activity = said["user_day_activity"]
    assert (activity["rows_written"], activity["rows_deleted"]) == (200, 0)
    assert (activity["days_rebuilt"], activity["reasons"]) == (41, "41 first build")
    # The newest event is of yesterday's noon.
    assert 12 <= said["events"]["lag_seconds"] / 3600 <= 36
    assert "data:image/svg+xml;base64," in said["daily_active_users"]["last_90_days"]
    assert f"| {days_ago(1)} " in said["daily_retention"]["last_7_days"]
    assert "data:image/svg+xml;base64," in said["cohort_retention"]["newest_cohorts"]
    lineage = said["daily_active_users"]["dagster/column_lineage"].deps_by_column
    assert {dep.asset_key.to_user_string() for dep in lineage["dau"]} == {
        "user_day_activity",
    }

    # Old days change, and nobody watches; a recent one does, which is looked back on.
    rollup.insert([Event(6, noon(30)), Event(7, noon(30)), Event(6, noon(2))])
    rollup.execute(
        f"delete from events where user_id = 5 and performed_at < '{days_ago(29)}'"
    )

    hourly = metadata(pipeline.run("hourly_incremental"))

    assert hourly["user_day_activity"]["reasons"] == "3 lookback, 1 open"
    assert hourly["user_day_activity"]["rows_written"] == 1
    assert "drift_rows" not in hourly["user_day_activity"]
    assert "events" not in hourly
    assert "user_day_activity" in differing_tables(pipeline.rollup)

    nightly = pipeline.run("daily_full_rollup")

    assert nightly.success
    assert differing_tables(pipeline.rollup) == {}
    said = metadata(nightly)
    assert said["user_day_activity"]["reasons"] == "37 full, 3 lookback, 1 open"
    assert said["user_day_activity"]["rows_written"] == 2
    assert said["user_day_activity"]["rows_deleted"] == 11
    assert said["user_day_activity"]["drift_rows"] == 13
    assert said["daily_active_users"]["drift_rows"] == 11
    failed = {key for key, check in evaluations(nightly).items() if not check.passed}
    # From noon on, the newest event is older than a day.
    assert failed <= {("events", "is_fresh")}

    rollup.insert([Event(8, noon(20))])

    backfill = pipeline.run(
        "backfill", start_date=str(days_ago(21)), end_date=str(days_ago(20))
    )

    assert backfill.success
    assert metadata(backfill)["refresh_days"]["reasons"] == "2 backfill"
    assert differing_tables(pipeline.rollup) == {}


def test_a_table_with_its_checks_and_checks_alone_are_run_where_they_are_clicked(
    pipeline: Pipeline,
) -> None:
    table, recount = dg.AssetKey("daily_retention"), "rollup_equals_events"
    checks = [
        dg.AssetCheckKey(dg.AssetKey("returning_users"), recount),
        dg.AssetCheckKey(
            dg.AssetKey("daily_active_users"), "assert_dau_equals_user_days"
        ),
        dg.AssetCheckKey(dg.AssetKey("events"), "no_full_scans"),
    ]
    pipeline.run("hourly_incremental")
    pipeline.rollup.execute("update analytics.daily_retention set returning_users = 0")

    materialized = pipeline.run_selected(dg.AssetSelection.assets(table))
    checked = pipeline.run_selected(dg.AssetSelection.checks(*checks))

    assert materialized.success
    assert set(metadata(materialized)) == {"daily_retention"}
    assert ("daily_retention", recount) in evaluations(materialized)
    assert {asset for asset, _ in evaluations(materialized)} == {"daily_retention"}
    assert checked.success
    assert set(evaluations(checked)) == {
        (check.asset_key.to_user_string(), check.name) for check in checks
    }


@pytest.mark.parametrize(
    ("start", "end", "complaint"),
    [
        (
            "2024-03-02",
            "2024-03-01",
            "end_date 2024-03-01 is before start_date 2024-03-02",
        ),
        ("2024-02-30", "2024-03-01", "start_date '2024-02-30' is not a day"),
        ("2024-03-01", "tomorrow", "end_date 'tomorrow' is not a day"),
    ],
)
def test_a_backfill_of_no_range_of_days_is_refused_before_it_starts(
    pipeline: Pipeline, start: str, end: str, complaint: str
) -> None:
    with pytest.raises(dg.DagsterError) as refused:
        pipeline.run("backfill", start_date=start, end_date=end)

    assert complaint in str(refused.value.__cause__)
    assert pipeline.instance.get_runs() == []


def test_a_wrong_password_is_named_by_its_variable_and_not_shown(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "correct-horse")

    failed = pipeline.run("hourly_incremental")

    assert not failed.success
    [message, *_] = failures(failed)
    assert "refused the password: set PGPASSWORD to the one of that user" in message
    assert "correct-horse" not in repr(pipeline.instance.all_logs(failed.run_id))


@pytest.mark.prove
def test_a_run_fails_in_one_sentence_while_the_server_is_down_and_the_next_one_heals(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as down:
        down.setenv("PGPORT", "1")
        failed = pipeline.run("hourly_incremental")

    assert "start that server, correct PGHOST and PGPORT" in next(failures(failed))
    assert pipeline.run("hourly_incremental").success
    assert differing_tables(pipeline.rollup) == {}


def test_a_run_without_an_events_table_says_how_to_make_one(pipeline: Pipeline) -> None:
    pipeline.rollup.execute("drop table events")

    failed = pipeline.run("hourly_incremental")

    [message, *_] = failures(failed)
    assert "no table public.events yet: create it with `fast-dau init`, or" in message


@pytest.mark.prove
def test_a_data_test_that_fails_fails_the_run_and_its_check(pipeline: Pipeline) -> None:
    rollup = pipeline.rollup
    rollup.build(utc_now())
    rollup.execute(
        "create function one_more() returns trigger language plpgsql as"
        " 'begin new.dau := new.dau + 1; return new; end';"
        "create trigger one_more before insert or update"
        " on analytics.daily_active_users for each row execute function one_more()"
    )
    rollup.insert([Event(9, noon(1))])

    failed = pipeline.run("hourly_incremental")

    assert not failed.success
    check = evaluations(failed)["daily_active_users", "assert_dau_equals_user_days"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
