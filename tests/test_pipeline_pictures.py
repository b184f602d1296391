"""The pictures and small tables that a run puts beside the daily tables."""

from datetime import date, timedelta
from typing import Any

import pytest

from orchestration.pipeline.pictures import PICTURES, drawn, drawn_heat_map, listed

FIRST = date(2024, 3, 1)


def rows(count: int, **others: Any) -> list[dict[str, Any]]:
    """Return so many days, of which the last is not over."""
    return [
        {
            "activity_date": FIRST + timedelta(days=n),
            "dau": 1000 + n,
            "events_count": 5000 + n,
            "returning_users": 700,
            "retention_rate": 0.7,
            "wau_7d": 3000,
            "mau_28d": 6000 + n,
            "dau_mau_ratio": 0.2,
            "new_users": n % 5,
            "retained_users": 700,
            "resurrected_users": 300,
            "dormant_users": 90,
            "is_complete": n < count - 1,
            **others,
        }
        for n in range(count)
    ]


@pytest.mark.parametrize("table", PICTURES)
def test_equal_data_is_drawn_as_equal_pictures_of_a_few_kilobytes(table: str) -> None:
    first, second = (drawn(PICTURES[table], rows(90)) for _ in range(2))

    assert first == second
    assert first.startswith(b"<?xml")
    assert len(first) < 20_000


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_history_is_drawn_too(count: int) -> None:
    assert b"</svg>" in drawn(PICTURES["daily_active_users"], rows(count))


def test_days_without_users_have_no_rate_and_are_left_out() -> None:
    empty = rows(3, dau=0, returning_users=0, retention_rate=None)
    picture = PICTURES["daily_retention"]

    assert b"</svg>" in drawn(picture, empty)
    assert "| 2024-03-02 Sat | 0 | 0 | – |" in listed(picture, empty)


def test_the_table_has_the_newest_day_first_and_marks_the_one_that_is_open() -> None:
    assert listed(PICTURES["daily_active_users"], rows(2)).splitlines() == [
        "| Day | DAU | Events |",
        "| --- | ---: | ---: |",
        "| 2024-03-02 Sat* | 1,001 | 5,001 |",
        "| 2024-03-01 Fri | 1,000 | 5,000 |",
    ]


@pytest.mark.parametrize("cohorts", [0, 1, 60])
def test_cohorts_are_drawn_as_a_triangle_of_a_few_kilobytes(cohorts: int) -> None:
    cells = [
        {
            "cohort_date": FIRST + timedelta(days=c),
            "day_number": n,
            "retention_rate": 1 / (n + 1) if c + n < cohorts else None,
        }
        for c in range(cohorts)
        for n in range(91)
    ]
    first, second = (drawn_heat_map(cells) for _ in range(2))

    assert first == second
    assert b"</svg>" in first
    assert len(first) < 30_000
