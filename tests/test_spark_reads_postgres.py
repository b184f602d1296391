"""Events that stay in Postgres, which Spark reads as docs/spark.md says."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

import pytest

from orchestration.core.settings import ROOT
from orchestration.spark.cluster import Cluster
from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions
from tests.spark_rollup import SparkRollup

pytestmark = pytest.mark.spark

PAGE = (ROOT / "docs" / "spark.md").read_text()
FIRST = datetime(2024, 5, 1)
READ_EVENTS = ("rejected_events", "user_day_activity", "daily_active_users_by_course")


@pytest.fixture
def without_events(spark_cluster: Cluster) -> Iterator[None]:
    """Nothing is where the page makes its tables, before and after the test."""
    spark_cluster.query("create database if not exists public")
    spark_cluster.query("drop table if exists public.events")
    yield
    spark_cluster.query("drop view if exists public.events")
    spark_cluster.query("drop table if exists public.events_in_postgres")


def test_tables_of_events_read_from_postgres_equal_the_recount(
    on_spark: Callable[[Definitions], SparkRollup],
    without_events: None,
    database_env: dict[str, str],
) -> None:
    spark = on_spark(Definitions(time_zone="America/New_York", cohort_days=5))
    now = FIRST + timedelta(days=9, hours=12)
    spark.postgres.insert(eventful_days(Random(3), FIRST, 10))
    spark.postgres.insert(invalid_events(now))
    # Where the columns are looked up.
    spark.postgres.build(now)

    (block,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    server = "{PGHOST}:{PGPORT}/{PGDATABASE}".format_map(database_env)
    for place, text in {
        "db.example.org/product": server,
        "user 'fast_dau'": f"user '{database_env['PGUSER']}'",
        "'…'": f"'{database_env['PGPASSWORD']}'",
    }.items():
        assert block.count(place) == 1
        block = block.replace(place, text)
    for statement in block.strip().rstrip(";").split(";\n"):
        spark.cluster.query(statement)
    # The others read none of the events.
    spark.dbt(now, "run", "--select", *(f"+{table}" for table in READ_EVENTS))

    # The page leaves them out.
    spark.postgres.execute("delete from events where not isfinite(performed_at)")
    expected = spark.postgres.expected(now)
    for table in READ_EVENTS:
        assert spark.rows(table) == expected[table], table
