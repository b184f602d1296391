"""Spark's tables equal the oracle's, and Postgres's, cell by cell."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.made_up_events import eventful_days, invalid_events
from tests.oracle import Definitions, Event
from tests.product_oracle import Rows
from tests.spark_rollup import SparkRollup

pytestmark = pytest.mark.spark

DAYS = 32
# Clocks change in Berlin on 2024-03-31.
FIRST = datetime(2024, 3, 10)
NOON = FIRST + timedelta(days=DAYS, hours=12, minutes=7)
SEGMENTS = {"kind": "kind", "course": "course_id"}
SEGMENT_TABLE = "daily_active_users_by_segment"

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
        variables |= {"segments": SEGMENTS, "max_segment_values": 1}
        self.postgres.build(now, **variables)
        self.spark.dbt(now, "run", **variables)
        tables = self.spark.tables()
        for name, rows in expected.items():
            assert tables[name] == rows, name
        of_postgres = self.postgres.tables()
        assert [name for name in tables if tables[name] != of_postgres[name]] == list(
            differing
        )
        by_segment = self.postgres.query(f"select * from analytics.{SEGMENT_TABLE}")
        assert self.spark.rows(SEGMENT_TABLE) == sorted(by_segment)


@pytest.fixture
def both(
    request: pytest.FixtureRequest, on_spark: Callable[[Definitions], SparkRollup]
) -> Both:
    """A month of events and bad rows in the zone that is asked for, not yet built."""
    both = Both(on_spark(Definitions(time_zone=request.param)))
    both.insert(*eventful_days(Random(4), FIRST, DAYS + 1), *invalid_events(NOON))
    both.spark.export()
    return both


@pytest.mark.parametrize("both", ["Europe/Berlin"], indirect=True)
def test_where_clocks_change_after_every_kind_of_run(both: Both) -> None:
    both.run(NOON, expected=both.postgres.expected(NOON))

    # An ordinary run: late events, users who are gone from all days but one, and a day
    # that is empty now.
    now = NOON + timedelta(hours=20)
    both.insert(*eventful_days(Random(5), now - timedelta(days=3), 3))
    both.insert(Event(77, now - timedelta(days=3)), Event(77, now))
    empty = now.date() - timedelta(days=2)
    both.delete(
        f"performed_at between '{empty - timedelta(days=1)} 22:00' and '{empty} 22:00'"
    )
    both.delete(f"user_id in (3, 8) and performed_at > '{now - timedelta(days=4)}'")
    both.spark.export()
    both.run(now, expected=both.postgres.expected(now))
    for table in ("user_day_activity", "returning_users"):
        assert empty not in both.spark.days(table)

    # The full rollup: changes of any age, which move first and last days.
    now += timedelta(hours=9)
    both.insert(*eventful_days(Random(6), FIRST - timedelta(days=9), 15))
    both.delete(f"user_id = 5 and performed_at < '{now - timedelta(days=9)}'")
    both.spark.export()
    both.run(now, refresh="full", expected=both.postgres.expected(now))

    # A backfill of old days, on which users were for the first time, or alone.
    old = FIRST.date() + timedelta(days=3)
    both.delete(f"performed_at between '{old} 03:00' and '{old}'::date + 1")
    both.insert(Event(2**31 - 2, FIRST + timedelta(days=3, hours=12)))
    both.spark.export()
    now += timedelta(hours=1)
    both.run(
        now,
        start_date=old,
        end_date=old + timedelta(days=1),
        expected=both.postgres.expected(now),
    )


@pytest.mark.parametrize("both", ["UTC"], indirect=True)
def test_in_utc_with_changes_that_wait_for_the_full_rollup(both: Both) -> None:
    both.run(NOON, expected=both.postgres.expected(NOON))

    # What is older than the lookback waits.
    now = NOON + timedelta(hours=20)
    both.insert(*eventful_days(Random(5), now - timedelta(days=3), 3))
    both.delete(f"user_id in (3, 8) and performed_at > '{now - timedelta(days=4)}'")
    expected = both.postgres.expected(now)
    both.insert(Event(99, NOON - timedelta(days=12)))
    waits = FIRST.date() + timedelta(days=9)
    both.delete(f"user_id = 1 and performed_at::date = '{waits}'")
    # Which Postgres counts by an index.
    both.insert(Event(None, NOON - timedelta(days=12)))
    both.spark.export()
    both.run(now, expected=expected, differing=["rejected_events"])
    opened = both.spark.days_opened()
    assert opened["user_day_activity"] > 0
    assert {name: opened[name] for name in MOST if opened[name] > MOST[name]} == {}

    # Days whose events were purged are kept.
    expected = both.postgres.expected(now)
    both.delete(f"performed_at < '{FIRST + timedelta(days=6, hours=5)}'")
    both.spark.export()
    kept = set(expected) - {"rejected_events"}
    both.run(
        now,
        refresh="full",
        events_kept_from=None,
        expected={name: expected[name] for name in kept},
    )
