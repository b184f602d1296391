"""A run whose variables make no sense is refused, and nothing has been written."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.oracle import Definitions, Event
from tests.rollup import Rollup, RunError

NOW = datetime(2024, 3, 25, 12)

REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"start_date": "2024-03-02", "end_date": "2024-03-01"}, "is after end_date"),
    ({"start_date": "2024-03-02"}, "go together"),
    ({"start_date": "2024-02-30", "end_date": "2024-03-01"}, "not a date"),
    ({"start_date": "yesterday", "end_date": "2024-03-01"}, "not a date"),
    ({"refresh": "fully"}, "not incremental, full or start_over"),
    (
        {"refresh": "full", "start_date": "2024-03-01", "end_date": "2024-03-01"},
        "rebuilds every day",
    ),
    ({"refesh": "full"}, "there is no variable 'refesh'"),
    ({"lookback_days": 0}, "at least 1"),
    ({"lookback_days": "three"}, "at least 1"),
    ({"max_clock_skew_minutes": -1}, "at least 0"),
    ({"time_zone": "Europe/Brelin"}, "Postgres does not know"),
    ({"time_zone": "UTC+2"}, "Postgres does not know"),
    ({"active_kinds": "page_view"}, "not a list"),
    ({"events_start_date": "01.02.2024"}, "not a date"),
    ({"run_at": "noon"}, "not a time"),
    ({"events_kept_from": "last year"}, "not a date"),
    (
        {
            "events_kept_from": "2024-03-02",
            "start_date": "2024-03-01",
            "end_date": "2024-03-01",
        },
        "is before events_kept_from",
    ),
    ({"wait_minutes": -1}, "at least 0"),
    ({"wait_minutes": 1441}, "more than 1440"),
    ({"silent_seconds": 0}, "at least 1"),
]


@pytest.mark.parametrize(("variables", "reason"), REFUSALS, ids=str)
def test_a_bad_variable_is_refused_before_anything_is_written(
    variables: dict[str, Any],
    reason: str,
    rollup_in: Callable[[Definitions], Rollup],
) -> None:
    rollup = rollup_in(Definitions())
    rollup.insert([Event(1, NOW)])

    with pytest.raises(RunError, match=reason):
        rollup.dbt("run", **({"run_at": NOW} | variables))

    assert rollup.query("select 1 from pg_tables where schemaname = 'analytics'") == []


@pytest.mark.parametrize(
    "run_at",
    [
        "2024-03-25",
        "2024-03-25 12:00",
        "2024-03-25T12:00:00Z",
        "2024-03-25T14:00+02:00",
    ],
)
def test_the_clock_is_utc_unless_it_says_otherwise(
    run_at: str, rollup_in: Callable[[Definitions], Rollup]
) -> None:
    rollup = rollup_in(Definitions())
    rollup.insert([Event(1, datetime(2024, 3, 24)), Event(2, NOW)])
    rollup.insert([Event(3, NOW + timedelta(hours=1))])
    clock = NOW if ":" in run_at else datetime(2024, 3, 25)

    rollup.dbt("run", run_at=run_at)

    assert rollup.tables() == rollup.expected(clock)
