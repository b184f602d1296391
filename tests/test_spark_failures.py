"""What is refused on Spark, or has to stop there, says what it was."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest

from tests.made_up_events import eventful_days
from tests.oracle import Definitions
from tests.rollup import RunError
from tests.spark_rollup import SparkRollup
from tests.started_runs import started

pytestmark = pytest.mark.spark

FIRST = datetime(2024, 5, 1)
NOW = FIRST + timedelta(days=2, hours=12)

NO_SENSE: dict[str, dict[str, object]] = {
    "which Spark does not know": {"time_zone": "Mars/Olympus"},
    "the segment 'platform' is no expression": {
        "segments": {"platform": "no_such_column"}
    },
    # As Spark itself says it, of a query that it cannot read.
    "segment closing": {"segments": {"closing": "kind as string), cast(kind"}},
    "segment another": {"segments": {"another": "kind, course_id"}},
    "segment two": {"segments": {"two": "kind; drop table public.events"}},
    "active_kinds is True": {"active_kinds": [True]},
    "not from 1 to": {"lookback_days": 0},
}
OTHER_DEFINITIONS: dict[str, dict[str, object]] = {
    "time_zone was UTC, and is Asia/Tokyo": {"time_zone": "Asia/Tokyo"},
    r"active_kinds was \[\], and is": {"active_kinds": ['it\'s a \\ "kind"']},
}


@pytest.fixture
def spark(on_spark: Callable[[Definitions], SparkRollup]) -> SparkRollup:
    """A rollup of three days, exported and not yet built."""
    opened = on_spark(Definitions(cohort_days=5))
    opened.postgres.insert(eventful_days(Random(9), FIRST, 3))
    opened.export()
    return opened


def refused(spark: SparkRollup, reason: str, **variables: object) -> None:
    with pytest.raises(RunError, match=reason):
        spark.dbt(NOW, "run", **variables)


def test_a_run_that_makes_no_sense_is_refused_and_one_that_is_overtaken_stops(
    spark: SparkRollup,
) -> None:
    """And one by other definitions is refused where there are tables already."""
    for reason, variables in NO_SENSE.items():
        refused(spark, reason, **variables)
    with started(spark, NOW) as run:
        run.wait_until_made("user_day_activity")
        with run.paused():
            refused(spark, "there is no variable", no_such_variable=1)
            spark.dbt(NOW, "run", "--select", "refresh_days")
        code, said = run.end()
    for reason, variables in OTHER_DEFINITIONS.items():
        refused(spark, reason, **variables)

    assert code == 1, said
    assert "another run has begun since this one did" in said
