"""dbt's commands mean what dbt's manual says, or are refused with a sentence."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import ModelNode
from dbt_common.contracts.constraints import ColumnLevelConstraint, ConstraintType

from tests.commands import run_cli, run_program
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Event
from tests.rollup import (
    GLOBAL_FLAGS,
    Rollup,
    RunError,
    parsed_for,
    project_for,
    run_dbt,
)
from tests.states import State

NOW = datetime(2024, 3, 25, 12)


def first_built(rollup: Rollup) -> None:
    """Three weeks and a half, first built."""
    rollup.insert(eventful_days(Random(7), NOW - timedelta(days=24), 25))
    rollup.insert(invalid_events(NOW))
    rollup.build(NOW)


STATE = State(first_built, has_product=True)


@pytest.fixture
def dev(rollup: Rollup) -> Rollup:
    """Return a rollup on the same events, in the schema of a developer."""
    return Rollup(rollup.connection, rollup.definitions, has_product=True, schema="dev")


@pytest.fixture
def production(rollup: Rollup, tmp_path: Path) -> str:
    """Return the option that tells dbt of the rollup that is built."""
    database = rollup.connection.info.dbname
    project = project_for(database, has_product=True)
    for node in project.nodes.values():
        if isinstance(node, ModelNode) and node.relation_name:
            node.relation_name = f'"{database}"."{node.schema}"."{node.alias}"'
    project.writable_manifest().write(str(tmp_path / "manifest.json"))
    return f"--state={tmp_path}"


def kinds(rollup: Rollup) -> set[str]:
    """Return the kinds of relation that the tables of the developer are."""
    return {
        kind
        for (kind,) in rollup.query(
            "select distinct relkind from pg_class where relnamespace ="
            f" 'dev'::regnamespace and relname in {rollup.table_names}"
        )
    }


def test_a_clone_is_views_of_the_tables_and_a_build_makes_tables_of_its_own(
    rollup: Rollup, dev: Rollup, production: str
) -> None:
    before = rollup.tables()
    dev.dbt("clone", production)

    assert (kinds(dev), dev.tables()) == ({"v"}, before)

    dev.insert([Event(99, NOW - timedelta(days=20))])
    dev.build(NOW)

    assert kinds(dev) == {"r"}
    assert dev.tables() == dev.expected(NOW)
    assert rollup.tables() == before


def test_a_table_that_defers_to_others_is_refused_and_a_build_goes_on(
    dev: Rollup, production: str
) -> None:
    with pytest.raises(RunError, match=r"select it too, as --select \+daily_retention"):
        dev.build(NOW, "--select", "daily_retention", "--defer", production)
    dev.build(NOW)

    assert dev.tables() == dev.expected(NOW)


def test_empty_makes_empty_tables_where_there_are_none_and_a_build_fills_them(
    dev: Rollup,
) -> None:
    dev.dbt("build", "--empty", run_at=NOW)
    emptied = dev.query("select count(*) from dev.user_day_activity")
    dev.build(NOW)

    assert emptied == [(0,)]
    assert dev.tables() == dev.expected(NOW)


def test_a_selection_passes_its_tests_and_a_sample_counts_every_event(
    rollup: Rollup,
) -> None:
    """Tests that look at tables besides those selected are left out.

    A table alone is built for the days of the latest run. No model says by which column
    dbt could take a sample.
    """
    rollup.insert([Event(99, NOW - timedelta(days=2))])
    rollup.dbt("build", "--select", "+daily_retention", run_at=NOW)
    rollup.execute(
        "delete from analytics.daily_retention where activity_date > '2024-03-22'"
    )
    rollup.dbt("build", "--select", "daily_retention", run_at=NOW)
    expected = rollup.expected(NOW)

    assert rollup.tables()["daily_retention"] == expected["daily_retention"]

    rollup.dbt("build", "--sample=1 day", run_at=NOW)

    assert rollup.tables() == expected


def test_a_build_without_a_table_passes_and_leaves_its_days_to_the_next(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(99, NOW - timedelta(days=2))])
    rollup.dbt("build", "--exclude", "cohort_retention", run_at=NOW)
    without, expected = rollup.tables(), rollup.expected(NOW)
    rollup.dbt("build", run_at=NOW)

    assert {name for name in expected if without[name] != expected[name]} == {
        "cohort_retention"
    }
    assert rollup.tables() == expected


def test_compile_and_show_give_what_a_run_would_write_and_write_nothing(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(99, NOW - timedelta(days=2))])
    before, expected = rollup.tables(), rollup.expected(NOW)["user_day_activity"]
    compiled = rollup.compiled("user_day_activity", run_at=NOW)["user_day_activity"]
    arguments = ["--select=user_day_activity", "--limit=-1", "--output=json"]
    shown = run_cli(
        "dbt", "--quiet", "show", *arguments, f"--vars=fast_dau_run_at: '{NOW}'"
    )

    assert sorted(rollup.query(compiled)) == expected
    assert len(json.loads(shown.stdout)["show"]) == len(expected)
    assert rollup.tables() == before


def test_a_changed_description_reaches_the_database_with_the_next_full_run(
    rollup: Rollup,
) -> None:
    said = []
    for refresh in ("incremental", "full"):
        project = project_for(rollup.connection.info.dbname, has_product=True)
        project.nodes["model.fast_dau.daily_revisions"].description = "Said anew."
        run_project(rollup, project, refresh=refresh)
        said += rollup.query(
            "select obj_description('analytics.daily_revisions'::regclass)"
        )

    assert [text == "Said anew." for (text,) in said] == [False, True]


UNIQUE = ColumnLevelConstraint(type=ConstraintType.unique)


@pytest.mark.parametrize(
    ("meta", "constraints", "said"),
    [
        ({"influnce_days": 7}, [], "built .*: it has no meta `influence_days`"),
        ({"influence_days": 7, "grain": "day"}, [], "`grain` is day, not user or"),
        (
            {"influence_days": 7, "moves_with": ["next"]},
            [],
            r"its meta `moves_with` is \['next'\], not a list of first and last",
        ),
        ({"influence_days": 0}, [UNIQUE], "can have not_null, and no unique"),
    ],
)
def test_a_model_whose_rows_or_constraints_would_not_be_kept_right_is_refused(
    rollup: Rollup,
    meta: dict[str, object],
    constraints: list[ColumnLevelConstraint],
    said: str,
) -> None:
    project = project_for(rollup.connection.info.dbname, has_product=True)
    model = project.nodes["model.fast_dau.daily_revisions"]
    model.config.meta = meta
    model.columns["dau"].constraints += constraints
    with pytest.raises(RunError, match=f"daily_revisions.*{said}"):
        run_project(rollup, project, "--select=daily_revisions")


def run_project(
    rollup: Rollup, project: Manifest, *arguments: str, **variables: Any
) -> None:
    """Run a project that is not as it was parsed."""
    given = json.dumps(rollup.variables(run_at=NOW, **variables))
    run_dbt(project, ["run", *arguments, f"--vars={given}", *GLOBAL_FLAGS])


def test_a_missing_index_is_named_with_what_makes_it(rollup: Rollup) -> None:
    rollup.execute("drop index events_performed_at_idx")
    tested = run_cli("dbt", "test", "--select", "source:app")
    run_cli("init")
    healed = run_cli("dbt", "test", "--select", "source:app")

    assert (tested.returncode, healed.returncode) == (0, 0)
    ddl = 'create index concurrently on "test"."public"."events" (performed_at)'
    said = " ".join(tested.stdout.split())
    assert f"`fast-dau init` makes it, or {ddl} include (user_id, course" in said
    assert ddl not in " ".join(healed.stdout.split())


def test_a_role_that_may_not_create_schemas_is_told_what_to_do(
    rollup: Rollup, stranger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    select = ("--select", "+daily_active_users")
    rollup.execute(f"grant select on events to {stranger}")
    monkeypatch.setenv("PGUSER", stranger)
    monkeypatch.setenv("PGPASSWORD", "x")
    monkeypatch.setenv("FAST_DAU_SCHEMA", "My own")
    monkeypatch.setenv("USER", "zoe")
    elsewhere = run_cli("dbt", "run", *select, "--target", "dev")
    refused = run_cli("dbt", "run", *select)
    [told, other] = re.findall(r"`(.*?;)`", refused.stderr)
    rollup.execute(told)
    built = run_program("dbt", "run", *select)

    assert (elsewhere.returncode, refused.returncode) == (2, 2)
    assert "There is no schema dev_zoe, which this role" in elsewhere.stderr
    assert told == f'create schema "My own" authorization {stranger};'
    assert other == f"grant create on database test to {stranger};"
    assert built.returncode == 0, built.stdout


def test_a_retry_builds_what_failed_and_leaves_nothing_undone(
    rollup: Rollup, tmp_path: Path
) -> None:
    rollup.insert([Event(99, NOW - timedelta(days=2))])
    clock = f"--vars=fast_dau_run_at: '{NOW}'"
    with rollup.stopped_at("growth_accounting"):
        failed = run_cli("dbt", "build", clock, "--target-path", str(tmp_path))
    retried = run_cli("dbt", "retry", "--state", str(tmp_path))

    assert failed.returncode == 1
    assert retried.returncode == 0, retried.stdout
    assert re.search(r"1 of \d+ OK .*growth_accounting", retried.stdout)
    assert rollup.tables() == rollup.expected(NOW)
    assert rollup.query("select * from analytics.pending_days") == []


@pytest.mark.usefixtures("database_env")
def test_a_service_of_libpq_is_refused_and_not_taken_for_localhost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PGHOST")
    monkeypatch.setenv("PGSERVICE", "shop")
    done = dbtRunner().invoke(["ls", *GLOBAL_FLAGS])

    assert not done.success
    assert "Env var required but not provided: 'PGHOST'" in str(done.exception)


def test_nothing_of_dbts_is_overridden() -> None:
    """Neither by name nor for an adapter, for which dbt would look for it."""
    macros = parsed_for("postgres").macros.values()
    ours = {macro.name for macro in macros if macro.package_name == "fast_dau"}
    theirs = {macro.name for macro in macros if macro.package_name != "fast_dau"}
    bare = {re.sub("^(default|postgres|spark)__", "", name) for name in ours}

    assert (ours | bare) & theirs == set()
    assert {"settings", "refresh_reason"} <= bare
    assert not any(name.startswith("materialization_incremental") for name in ours)


@pytest.mark.parametrize(
    ("variable", "command"),
    [
        ("DBT_TARGET_PATH", "plan"),
        ("DBT_TARGET_PATH", "docs --out docs.html"),
        ("DBT_TARGET_PATH", "dbt ls"),
        ("DBT_LOG_PATH", "dbt ls"),
    ],
)
def test_a_folder_that_cannot_be_written_is_named_with_what_to_do(
    database_env: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    command: str,
) -> None:
    run_cli("init")
    monkeypatch.setenv(variable, "/proc/folder")
    done = run_cli(*command.split())

    assert done.returncode == 2
    assert done.stderr.startswith(
        "fast-dau: dbt's folder /proc/folder cannot be written by this user: set DBT_T"
    )
