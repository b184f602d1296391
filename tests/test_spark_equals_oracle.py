"""Spark's tables equal the oracle's, and Postgres's, cell by cell."""

import os
import signal
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from orchestration.spark.processes import Role
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions, Event
from tests.product_oracle import Rows
from tests.spark_rollup import SparkRollup
from tests.started_runs import started

pytestmark = pytest.mark.spark

DAYS = 32
# Clocks change in Berlin on 2024-03-31.
FIRST = datetime(2024, 3, 10)
NOON = FIRST + timedelta(days=DAYS, hours=12, minutes=7)
SEGMENTED = {
    "segments": {"kind": "kind", "course": "course_id"},
    "max_segment_values": 1,
}
# Which the oracle does not know.
MORE_TABLES = ("daily_active_users_by_segment", "daily_revisions")

# Of how many of the 34 days an ordinary run may open the folder, in all scans of a
# model: of those that it rebuilds, and that these look back to.
MOST = {
    "rejected_events": 12,
    "user_day_activity": 20,
    "daily_active_users_by_course": 20,
    "daily_active_users_by_segment": 25,
    "returning_users": 25,
    "daily_active_users": 8,
    "daily_retention": 8,
    "cohort_retention": 8,
}


class Both:
    """The same events on both engines."""

    def __init__(self, spark: SparkRollup) -> None:
        self.spark = spark
        self.postgres = spark.postgres

    def insert(self, *events: Event) -> None:
        self.postgres.insert(events)

    def delete(self, where: str) -> None:
        self.postgres.execute(f"delete from events where {where}")

    def run(
        self,
        now: datetime,
        expected: dict[str, Rows],
        differing: Sequence[str] = (),
        **variables: Any,
    ) -> None:
        """Build on both, and compare every table with what is expected on Spark."""
        self.postgres.build(now, **SEGMENTED, **variables)
        self.spark.dbt(now, "run", **SEGMENTED, **variables)
        self.compare(expected, differing)

    def compare(self, expected: dict[str, Rows], differing: Sequence[str] = ()) -> None:
        """Compare Spark's tables with what is expected, and with all of Postgres's."""
        of_spark = self.spark.tables(MORE_TABLES)
        for name, rows in expected.items():
            assert of_spark[name] == rows, name
        of_postgres = self.postgres.tables()
        for name in MORE_TABLES:
            rows = self.postgres.query(f"select * from analytics.{name}")
            of_postgres[name] = sorted(rows)
        assert [
            name for name, rows in of_postgres.items() if of_spark[name] != rows
        ] == list(differing)


@pytest.fixture
def both(on_spark: Callable[[Definitions], SparkRollup]) -> Both:
    """A month of events and bad rows where clocks change, not yet built."""
    both = Both(on_spark(Definitions(time_zone="Europe/Berlin")))
    both.insert(*eventful_days(Random(4), FIRST, DAYS + 1), *invalid_events(NOON))
    both.spark.export()
    return both


def test_after_every_kind_of_run_and_of_failure(both: Both) -> None:
    """Each run starts from what the one before it has left."""
    make_first_build_while_a_worker_is_killed(both)
    make_ordinary_run(both, NOON + timedelta(hours=20))
    leave_run_unfinished(both, NOON + timedelta(hours=21))
    now = NOON + timedelta(hours=29)
    both.run(now, refresh="full", expected=both.postgres.expected(now))
    make_backfill(both, now + timedelta(hours=1))
    make_full_run_after_a_purge(both, now + timedelta(hours=1))


def make_first_build_while_a_worker_is_killed(both: Both) -> None:
    both.postgres.build(NOON, **SEGMENTED)
    with started(both.spark, NOON, **SEGMENTED) as run:
        run.wait_until_made("refresh_days")
        for role in (Role.WORKER, Role.EXECUTOR):
            os.kill(both.spark.cluster.pids(role)[0], signal.SIGKILL)
        code, said = run.end()
    assert code == 0, said
    both.compare(both.postgres.expected(NOON))
    both.spark.cluster.start_workers()


def make_ordinary_run(both: Both, now: datetime) -> None:
    # Late events, users who are gone from all days but one, a day that is empty now.
    both.insert(*eventful_days(Random(5), now - timedelta(days=3), 3))
    both.insert(Event(77, now - timedelta(days=3)), Event(77, now))
    empty = now.date() - timedelta(days=2)
    both.delete(
        f"performed_at between '{empty - timedelta(days=1)} 22:00' and '{empty} 22:00'"
    )
    both.delete(f"user_id in (3, 8) and performed_at > '{now - timedelta(days=4)}'")
    expected = both.postgres.expected(now)
    # What is older than the lookback waits for the full rollup.
    both.insert(Event(99, NOON - timedelta(days=12)))
    waits = FIRST.date() + timedelta(days=9)
    both.delete(f"user_id = 1 and performed_at::date = '{waits}'")
    # Which Postgres counts by an index.
    both.insert(Event(None, NOON - timedelta(days=12)))
    both.spark.export()
    make_state_of_version_2(both)
    both.run(now, expected=expected, differing=["rejected_events"])
    assert both.spark.cluster.query(
        "select version, run_client from analytics.rollup_state"
    ) == [(3, None)]
    opened = both.spark.days_opened()
    assert opened["user_day_activity"] > 0
    assert {name: opened[name] for name in MOST if opened[name] > MOST[name]} == {}
    for table in ("user_day_activity", "returning_users"):
        assert empty not in both.spark.days(table)


def make_state_of_version_2(both: Both) -> None:
    """Leave it as the version before did, whose next run is an ordinary one."""
    query, state = both.spark.cluster.query, "analytics.rollup_state"
    types = {str(name): kind for name, kind, *_ in query(f"describe table {state}")}
    [row] = query(f"select * from {state}")
    kept = dict(zip(types, row, strict=True)) | {"version": 2}
    del kept["run_client"]
    literals = {n: "null" if v is None else repr(str(v)) for n, v in kept.items()}
    columns = [f"cast({v} as {types[n]}) as {n}" for n, v in literals.items()]
    query(f"alter view {state} as select {', '.join(columns)}")


def leave_run_unfinished(both: Both, now: datetime) -> None:
    """Kill it where days are new, and changes of any age move first and last ones."""
    both.insert(*eventful_days(Random(6), FIRST - timedelta(days=9), 15))
    both.delete(f"user_id = 5 and performed_at < '{now - timedelta(days=9)}'")
    both.spark.export()
    with started(both.spark, now, **SEGMENTED) as run:
        # What a killed run has begun to write, the server goes on with.
        run.wait_until_made("user_day_activity", "daily_active_users_by_course")
        run.kill()
    # As a kill between two renames would leave it.
    table = "analytics.daily_active_users_by_course"
    both.spark.cluster.query(f"alter table {table} rename to {table}__dbt_backup")


def make_backfill(both: Both, now: datetime) -> None:
    """Rebuild an old day, on which users were for the first time, or alone."""
    old = FIRST.date() + timedelta(days=3)
    both.delete(f"performed_at between '{old} 03:00' and '{old}'::date + 1")
    both.insert(Event(2**31 - 2, FIRST + timedelta(days=3, hours=12)))
    both.spark.export()
    both.run(
        now,
        start_date=old,
        end_date=old + timedelta(days=1),
        expected=both.postgres.expected(now),
    )


def make_full_run_after_a_purge(both: Both, now: datetime) -> None:
    """Days whose events were purged are kept."""
    expected = both.postgres.expected(now)
    both.delete(f"performed_at < '{FIRST + timedelta(days=6, hours=5)}'")
    both.spark.export()
    kept = set(expected) - {"rejected_events"}
    both.run(
        now,
        refresh="full",
        events_kept_from=None,
        missing_events="purged",
        expected={name: expected[name] for name in kept},
    )
