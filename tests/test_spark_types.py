"""Events of other types and names: Spark's tables equal the oracle's and Postgres's."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions
from tests.own_projects import described
from tests.rollup import GLOBAL_FLAGS, Rollup, run_dbt
from tests.spark_rollup import SparkRollup

pytestmark = pytest.mark.spark

FIRST = datetime(2024, 3, 25)  # clocks change in Berlin on 2024-03-31
NOW = FIRST + timedelta(days=12, hours=9)
COLUMNS = {"user_id": "Who", "performed_at": "at", "properties": None}
SHAPES = {
    "text and uuid": (
        {"user_id": "'u' || user_id", "course_id": "md5(course_id::text)::uuid"},
        {
            "user_id_type": "text",
            "course_id_type": "uuid",
            "performed_at_type": "timestamptz",
        },
        "performed_at at time zone 'UTC'",
    ),
    "numbers": (
        {"user_id": "user_id + 5000000000", "course_id": "course_id::smallint"},
        {
            "user_id_type": "bigint",
            "course_id_type": "smallint",
            "performed_at_type": "numeric",
            "performed_at_unit": "milliseconds",
        },
        """
        case performed_at when 'infinity' then 1e18 when '-infinity' then -1e18
            else extract(epoch from performed_at) * 1000 end
        """,
    ),
}


def make_table(rollup: Rollup, ids: dict[str, str], time: str) -> None:
    """Give the events the types; keep them aside as the oracle reads them."""
    rollup.execute(
        f"""
        create schema usual;
        create table usual.events as select {ids["user_id"]} as user_id,
            {ids["course_id"]} as course_id, kind, performed_at from events;
        drop table events;
        create table public.events as select 1 as id, course_id, {time} as at, kind,
            user_id as "Who" from usual.events;
        set search_path = usual, public
        """
    )


def run(rollup: Rollup, target: str, variables: dict[str, Any]) -> None:
    """Run dbt, which parses with these variables: they are in the models' contracts."""
    given = json.dumps(rollup.variables(run_at=NOW, **variables))
    arguments = [*GLOBAL_FLAGS, f"--target={target}", f"--vars={given}"]
    manifest = dbtRunner().invoke(["parse", *arguments]).result
    assert isinstance(manifest, Manifest)
    run_dbt(manifest, ["run", *arguments])


@pytest.mark.parametrize("shape", SHAPES)
def test_spark_reads_what_a_described_table_exports(
    on_spark: Callable[[Definitions], SparkRollup], tmp_path: Path, shape: str
) -> None:
    ids, types, time = SHAPES[shape]
    spark = on_spark(Definitions(time_zone="Europe/Berlin"))
    rollup = spark.postgres
    rollup.insert([*eventful_days(Random(7), FIRST, 12), *invalid_events(NOW)])
    make_table(rollup, ids, time)
    variables = {"events_columns": COLUMNS, **types}
    with described(tmp_path / "project", **variables):
        spark.export()
    for target in ("postgres", "spark"):
        run(rollup, target, variables)
    expected, of_spark = rollup.expected(NOW), spark.tables()

    assert rollup.tables() == expected
    assert of_spark == expected
