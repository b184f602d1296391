"""What goes wrong on Spark leaves the tables right, and says what it was."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random

import pytest

from orchestration.dbt import DBT_PROGRAM
from orchestration.settings import ROOT
from orchestration.spark.processes import Role
from tests.made_up_events import eventful_days
from tests.oracle import Definitions, Event
from tests.rollup import RunError
from tests.spark_rollup import SparkRollup

pytestmark = pytest.mark.spark

FIRST = datetime(2024, 5, 1)
NOW = FIRST + timedelta(days=12, hours=12)


@pytest.fixture
def spark(on_spark: Callable[[Definitions], SparkRollup]) -> SparkRollup:
    """A rollup of twelve days, exported and not yet built."""
    opened = on_spark(Definitions(cohort_days=5))
    opened.postgres.insert(eventful_days(Random(9), FIRST, 13))
    opened.export()
    # Where the columns are looked up.
    opened.postgres.build(NOW)
    return opened


def started(spark: SparkRollup, now: datetime) -> subprocess.Popen[str]:
    """Start a run in a process of its own, which says what it does."""
    arguments = spark.arguments(now, "run")
    arguments[arguments.index("--log-level=error")] = "--log-level=info"
    return subprocess.Popen(
        [DBT_PROGRAM, *arguments, "--no-use-colors"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def wait_until_made(run: subprocess.Popen[str], table: str) -> None:
    """Read what the run says until a table has been made."""
    assert run.stdout
    for line in run.stdout:
        if "OK created" in line and f"analytics.{table} " in line:
            return
    pytest.fail(f"The run ended before {table} was made.")


@contextmanager
def paused(run: subprocess.Popen[str]) -> Iterator[None]:
    """Let a run do nothing meanwhile."""
    run.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        run.send_signal(signal.SIGCONT)


def test_a_worker_killed_during_a_build_costs_nothing(spark: SparkRollup) -> None:
    with started(spark, NOW) as run:
        wait_until_made(run, "refresh_days")
        for role in (Role.WORKER, Role.EXECUTOR):
            os.kill(spark.cluster.pids(role)[0], signal.SIGKILL)
        assert run.stdout
        said = run.stdout.read()

    assert run.returncode == 0, said
    assert spark.tables() == spark.postgres.expected(NOW)
    spark.cluster.start_workers()


def test_a_run_that_was_killed_is_finished_by_the_next(spark: SparkRollup) -> None:
    spark.dbt(NOW, "run")
    spark.postgres.insert([Event(99, FIRST + timedelta(days=1, hours=7))])
    spark.postgres.insert(eventful_days(Random(10), NOW - timedelta(days=2), 2))
    spark.export()
    with started(spark, NOW) as run:
        wait_until_made(run, "user_day_activity")
        run.kill()
    # As a kill between two renames would leave it.
    table = "analytics.daily_active_users_by_course"
    spark.cluster.query(f"alter table {table} rename to {table}__dbt_backup")

    now = NOW + timedelta(days=5)
    spark.dbt(now, "run", refresh="full")

    assert spark.tables() == spark.postgres.expected(now)
    spark.postgres.build(now, refresh="full")
    revisions = "select * from analytics.daily_revisions"
    assert spark.rows("daily_revisions") == sorted(spark.postgres.query(revisions))


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"time_zone": "Mars/Olympus"}, "which Spark does not know"),
        (
            {"segments": {"platform": "no_such_column"}},
            "the segment 'platform' is no expression",
        ),
        ({"lookback_days": 0}, "not a whole number of at least 1"),
    ],
)
def test_a_variable_that_makes_no_sense_is_refused(
    spark: SparkRollup, variables: dict[str, object], reason: str
) -> None:
    with pytest.raises(RunError, match=reason):
        spark.dbt(NOW, "run", **variables)


def test_other_definitions_are_refused_until_a_run_starts_over(
    spark: SparkRollup,
) -> None:
    spark.dbt(NOW, "run", "--select", "+daily_retention")

    with pytest.raises(RunError, match=r"time_zone was UTC, and is Asia/Tokyo"):
        spark.dbt(NOW, "run", time_zone="Asia/Tokyo")
    with pytest.raises(RunError, match=r"active_kinds was \[\], and is"):
        spark.dbt(NOW, "run", active_kinds=['it\'s a \\ "kind"'])


def test_a_run_that_another_overtakes_stops_before_its_next_table(
    spark: SparkRollup,
) -> None:
    with started(spark, NOW) as run:
        wait_until_made(run, "user_day_activity")
        with paused(run):
            with pytest.raises(RunError, match="there is no variable"):
                spark.dbt(NOW, "run", no_such_variable=1)
            spark.dbt(NOW, "run", "--select", "refresh_days")
        assert run.stdout
        said = run.stdout.read()

    assert run.returncode == 1, said
    assert "another run has begun since this one did" in said
