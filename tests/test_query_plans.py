"""Every query that is run or promised is served by an index, at any size of history."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.core.connection import Connection
from orchestration.core.home import open_home
from orchestration.core.settings import events_table
from orchestration.source.table import init_events_table
from tests.deployments import (
    A_LATE_EVENT,
    NOW,
    broken,
    catalog,
    deployed,
    explain_all,
    logged_plans,
    sequential_scans,
)
from tests.rollup import Rollup

EVENTS = 400_000


@pytest.fixture(scope="module")
def deployment(cluster: dict[str, str], administration: Connection) -> Iterator[Rollup]:
    """Yield a rollup that each test leaves as it found it, or larger."""
    with deployed(cluster, administration, EVENTS) as rollup:
        yield rollup


# By what has happened: a statement before the run, the run's flags and its variables.
CANCELLED = """update pg_index set indisvalid = false
    where indexrelid in ('analytics.user_day_activity_activity_date_user_id_idx'
    ::regclass, 'events_performed_at_idx'::regclass)"""
NEW_INDEX = "drop index analytics.returning_users_user_id_activity_date_idx"
RUNS: dict[str, tuple[str, list[str], dict[str, str]]] = {
    "the first build": ("", [], {"refresh": "start_over"}),
    "an ordinary run": ("", [], {}),
    "a late change": (A_LATE_EVENT, [], {}),
}
LONGER_RUNS: dict[str, tuple[str, list[str], dict[str, str]]] = {
    "a full run": ("", [], {"refresh": "full"}),
    "dbt's full refresh": ("", ["--full-refresh"], {}),
    "an index that is new": (NEW_INDEX, [], {}),
    "cancelled builds of indexes": (CANCELLED, [], {}),
}


@pytest.mark.parametrize(
    "happened",
    [*RUNS, *(pytest.param(name, marks=pytest.mark.prove) for name in LONGER_RUNS)],
)
def test_each_promise_is_kept_after(happened: str, deployment: Rollup) -> None:
    statement, flags, variables = (RUNS | LONGER_RUNS)[happened]
    deployment.execute(f"select; {statement}")
    deployment.build(NOW, *flags, **variables)
    init_events_table(deployment.connection, events_table(), print)
    every = explain_all(deployment)
    known = catalog(deployment)
    scanned = {
        name: tables
        for name, one in every.items()
        if (
            tables := sequential_scans(one.plan, known)
            - {table for table, reads in one.pattern.reads.items() if reads.in_full}
            # The run's own list of days; a full run before has left it pages.
            - {"refresh_days"}
        )
    }

    assert broken(every) == {}
    assert scanned == {}


def indexes(rollup: Rollup) -> list[tuple[str, str, bool, list[str]]]:
    """Return each index: its name, its table, if it is unique, and its key columns."""
    return rollup.query(
        """select i.indexrelid::regclass::text, c.relname, i.indisunique, array(
            select pg_get_indexdef(i.indexrelid, n, false)
            from generate_series(1, i.indnkeyatts) as n order by n)
        from pg_index i join pg_class c on c.oid = i.indrelid
        where c.relname = 'events' and c.relnamespace = 'public'::regnamespace
        or c.relnamespace = 'analytics'::regnamespace order by 1"""
    )


def test_no_index_begins_with_all_columns_of_another(deployment: Rollup) -> None:
    keys = [(table, columns, name) for name, table, _, columns in indexes(deployment)]
    redundant = {
        (one, other)
        for table, columns, one in keys
        for other_table, other_columns, other in keys
        if (table, columns) == (other_table, other_columns[: len(columns)])
        and one != other
    }

    # The events without a user are few, and in an index of their own.
    assert redundant == {
        ("events_null_user_idx", "events_performed_at_idx"),
        ("events_performed_at_idx", "events_null_user_idx"),
    }


def test_no_statement_of_a_run_after_a_late_event_reads_a_big_table_for_a_few_rows(
    deployment: Rollup, folder: Path
) -> None:
    known = catalog(deployment)
    log = open_home(folder / "session").log
    deployment.execute(A_LATE_EVENT)
    with logged_plans(deployment, log) as plans:
        changed = deployment.build(NOW)

    assert changed["user_day_activity"] > 0
    assert len(plans) > 50
    # The run's own list of days is read in full; a full run before has left it pages.
    scanned = {table for plan in plans for table in sequential_scans(plan, known)}
    assert scanned <= {"refresh_days"}
