"""Dagster runs dbt's target `spark` where nothing but the environment names it."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Thread
from typing import Any

import pytest

from tests.oracle import Definitions, Event
from tests.pipeline_on_spark import Dagster
from tests.pipeline_runs import noon, utc_now
from tests.spark_rollup import SparkRollup

pytestmark = pytest.mark.spark

USERS = range(1, 6)
# SASL's word for a log-in that is refused.
BAD = 3


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory) -> Dagster:
    """Dagster, for which dbt parses the project once."""
    return Dagster(tmp_path_factory.mktemp("dagster"))


@pytest.fixture(scope="module")
def without_server(dagster: Dagster) -> dict[str, Any]:
    """What Dagster defines, and how a run ended where no Spark listens."""
    return dagster.ask("hourly_incremental", SPARK_HOST="127.0.0.1", SPARK_PORT="1")


def test_jobs_schedules_and_pool_are_as_on_postgres_without_its_own_checks(
    without_server: dict[str, Any],
) -> None:
    found = without_server["defined"]

    assert set(found["jobs"]) == {
        "hourly_incremental",
        "daily_full_rollup",
        "backfill",
        "prune",
    }
    assert set(found["schedules"]) == {
        "hourly_incremental_schedule",
        "daily_full_rollup_schedule",
        "prune_schedule",
    }
    for job in ("hourly_incremental", "daily_full_rollup", "backfill"):
        checks = found["jobs"][job]
        assert {"events.is_fresh", "user_day_activity.is_fresh"} <= set(checks)
        assert "daily_active_users.assert_dau_equals_user_days" in checks
        names = {check.partition(".")[2] for check in checks}
        assert not names & {
            "change_log_consumed",
            "no_full_scans",
            "rollup_equals_events",
        }
        assert not any(name.startswith("indexed_by") for name in names)
        assert "rollup" in found["pools"][job]
    assert set(map(tuple, found["assets"].values())) == {("dbt", "spark")}
    assert "weekly_cohort_retention" in found["assets"]
    assert "daily_active_users_live" not in found["assets"]


def test_an_hourly_run_makes_the_tables_and_says_what_it_did(
    on_spark: Callable[[Definitions], SparkRollup], dagster: Dagster
) -> None:
    spark = on_spark(Definitions())
    spark.postgres.insert(Event(user, noon(n)) for n in range(1, 15) for user in USERS)
    spark.export()
    before = utc_now()
    # It knows the types of the columns.
    spark.postgres.build(before)

    result = dagster.ask("hourly_incremental")

    assert result["success"], result["failures"]
    # Midnight may have passed in between.
    expected = [spark.postgres.expected(now) for now in (before, utc_now())]
    assert spark.tables() in expected
    # From noon on, the newest event is older than a day.
    assert set(result["failed_checks"]) <= {"events.is_fresh"}
    assert "user_day_activity.is_fresh" in result["checks"]
    said = result["metadata"]
    activity = said["user_day_activity"]
    assert (activity["days_rebuilt"], activity["reasons"]) == (15, "15 first build")
    # Spark does not count them.
    assert "rows_written" not in activity
    assert 12 <= said["events"]["lag_seconds"] / 3600 <= 36
    for table in ("daily_active_users", "daily_retention"):
        assert "data:image/svg+xml;base64," in said[table]["last_90_days"]
        assert f"| {noon(1):%Y-%m-%d %a} | 5 | 5 |" in said[table]["last_7_days"]
    assert "data:image/svg+xml;base64," in said["cohort_retention"]["newest_cohorts"]
    lineage = said["daily_active_users"]["dagster/column_lineage"]
    assert "user_day_activity" in lineage


def test_a_server_that_is_down_is_named_by_its_variables(
    without_server: dict[str, Any],
) -> None:
    assert not without_server["success"]
    assert "correct SPARK_HOST and SPARK_PORT." in without_server["failures"][0]


def test_a_wrong_password_is_named_by_its_variable_and_not_shown(
    dagster: Dagster,
) -> None:
    with server_that_refuses() as port:
        failed = dagster.ask(
            "hourly_incremental",
            SPARK_HOST="127.0.0.1",
            SPARK_PORT=str(port),
            SPARK_AUTH="LDAP",
            SPARK_PASSWORD="correct-horse",  # noqa: S106  # of no server
        )

    assert not failed["success"]
    assert "correct SPARK_USER and SPARK_PASSWORD." in failed["failures"][0]
    assert "correct-horse" not in f"{failed} {dagster.output}"


@contextmanager
def server_that_refuses() -> Iterator[int]:
    """Yield the port of a server that lets nobody in, as Spark's does it."""
    reason = b"Error validating the login"

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                if client.recv(1024):
                    client.sendall(struct.pack(">BI", BAD, len(reason)) + reason)

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
