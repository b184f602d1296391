"""Bounds on what queries read hold at any length of history, and need each index."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from orchestration.core.connection import Connection
from orchestration.trust.explain.context import models_explained
from orchestration.trust.explain.explained import Explained, explained
from tests.deployments import (
    DAYS,
    LAST_DAY,
    NOW,
    add_history,
    broken,
    deployed,
    explain_all,
)
from tests.rollup import Rollup
from tests.test_query_plans import indexes

pytestmark = pytest.mark.prove

# Needed for the grain alone: these tables have a few rows, whatever happens.
GRAIN_ONLY = {
    "refresh_days",
    "rejected_events",
    "erased_counts",
    "moved_days",
    "pending_days",
    "rollup_state",
}
EVENTS = 2_000_000


@pytest.fixture(scope="module")
def large(cluster: dict[str, str], administration: Connection) -> Iterator[Rollup]:
    """Yield a rollup of so many events, after an ordinary run."""
    with deployed(cluster, administration, EVENTS) as rollup:
        rollup.build(NOW)
        yield rollup


@pytest.fixture(scope="module")
def sizes(large: Rollup) -> tuple[dict[str, Explained], dict[str, Explained]]:
    """Return the patterns explained at two million events, and again at four."""
    small = explain_all(large, full_passes=True)
    add_history(large, LAST_DAY - timedelta(days=DAYS), EVENTS)
    large.build(NOW)
    large.build(NOW)
    return small, explain_all(large, full_passes=True)


def test_each_promise_is_kept_at_both_sizes(
    sizes: tuple[dict[str, Explained], dict[str, Explained]],
) -> None:
    assert [broken(every) for every in sizes] == [{}, {}]


def test_no_query_reads_more_rows_where_history_is_twice_as_long(
    sizes: tuple[dict[str, Explained], dict[str, Explained]],
) -> None:
    """So that the bound in pages, by rows, is the same for any size of the tables."""
    small, large = (
        {name: sum(scan.rows for scan in one.plan.scans) for name, one in every.items()}
        for every in sizes
    )
    grown = {name for name in small if large[name] > 1.2 * small[name] + 50}

    assert grown == {
        "erase/events_of_a_user",
        "runs/events_of_all_days",
        "answers/lateness",  # the days of the second half are revised
        # Twice as many are invalid.
        "answers/check_rejected",
        "runs/rejected_events",
    }


def test_without_any_of_the_indexes_some_query_reads_far_more(
    large: Rollup,
) -> None:
    connection, models = large.connection, large.compiled(*models_explained())
    before = explain_all(large)
    needless = []
    for name, table, is_unique, _ in indexes(large):
        if table in GRAIN_ONLY and is_unique:
            continue
        connection.autocommit = False
        large.execute(f"drop index {name}")
        every = explained(connection, models, runs_full_passes=False)
        if not any(
            one.findings
            and (one.plan.pages or 0) > 3 * (before[one.pattern.name].plan.pages or 0)
            for one in every
        ):
            needless.append(name)
        connection.rollback()
        connection.autocommit = True

    assert needless == []
