"""Every query that is run or promised is served by an index, at any size of history."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestration.core.connection import Connection
from orchestration.core.home import open_home
from orchestration.core.settings import events_table
from orchestration.source.table import init_events_table
from tests.deployments import (
    NOW,
    SEGMENTS,
    a_late_event,
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
    with deployed(cluster, administration, events=EVENTS, segments=SEGMENTS) as rollup:
        yield rollup


def start_over(rollup: Rollup) -> None:
    """Build everything from nothing, as a first build does."""
    rollup.build(NOW, refresh="start_over")


def run_after_a_late_event(rollup: Rollup) -> None:
    """Run with the change log's day."""
    a_late_event(rollup)
    changed = rollup.build(NOW)
    assert changed["user_day_activity"] > 0


def drop_an_index_and_run(rollup: Rollup) -> None:
    """Run on a deployment from before there was this index."""
    rollup.execute("drop index analytics.returning_users_user_id_activity_date_idx")
    rollup.build(NOW)


def leave_invalid_indexes_and_run(rollup: Rollup) -> None:
    """Run where concurrent builds were cancelled."""
    rollup.execute(
        """update pg_index set indisvalid = false
        where indexrelid in ('analytics.user_day_activity_activity_date_user_id_idx'
        ::regclass, 'events_performed_at_idx'::regclass)"""
    )
    rollup.build(NOW)
    init_events_table(rollup.connection, events_table(), print)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(start_over, id="the first build"),
        pytest.param(lambda rollup: rollup.build(NOW), id="an ordinary run"),
        pytest.param(run_after_a_late_event, id="a late change"),
        *(
            pytest.param(act, id=name, marks=pytest.mark.prove)
            for name, act in {
                "a full run": lambda rollup: rollup.build(NOW, refresh="full"),
                "dbt's full refresh": lambda rollup: rollup.build(
                    NOW, "--full-refresh"
                ),
                "an index that is new": drop_an_index_and_run,
                "cancelled builds of indexes": leave_invalid_indexes_and_run,
            }.items()
        ),
    ],
)
def test_each_promise_is_kept_after(
    act: Callable[[Rollup], object], deployment: Rollup
) -> None:
    act(deployment)
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
    a_late_event(deployment)
    with logged_plans(deployment, log) as plans:
        changed = deployment.build(NOW)

    assert changed["user_day_activity"] > 0
    assert len(plans) > 50
    # The run's own list of days is read in full; a full run before has left it pages.
    scanned = {table for plan in plans for table in sequential_scans(plan, known)}
    assert scanned <= {"refresh_days"}
