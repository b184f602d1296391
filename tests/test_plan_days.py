"""A plan's days in ranges, and the share of late changes that a lookback catches."""

from datetime import date

from orchestration.trust.plan.days_to_rebuild import PlannedDay, PlannedRange, in_ranges
from orchestration.trust.plan.lateness import Lateness


def day(number: int, reason: str, events: int = 1) -> PlannedDay:
    """Return a day of March 2024."""
    return PlannedDay(date(2024, 3, number), reason, events)


def test_days_are_one_range_where_they_are_in_a_row_and_of_one_reason() -> None:
    ranges = in_ranges(
        [day(1, "full", 5), day(2, "full", 6), day(3, "open"), day(5, "open")]
    )

    assert ranges == [
        PlannedRange(date(2024, 3, 1), date(2024, 3, 2), "full", 11),
        PlannedRange(date(2024, 3, 3), date(2024, 3, 3), "open", 1),
        PlannedRange(date(2024, 3, 5), date(2024, 3, 5), "open", 1),
    ]
    assert [one.days for one in ranges] == [2, 1, 1]


def test_a_lookback_catches_what_is_revised_up_to_its_last_day() -> None:
    lateness = Lateness((), [(1, 4, 9, 0.6), (3, 2, 3, 0.99), (9, 1, 1, 1.0)], 20)

    assert [lateness.share_caught(days) for days in (0, 1, 2, 3, 9)] == [
        0.0,
        0.6,
        0.6,
        0.99,
        1.0,
    ]
    assert lateness.lookback_needed == 3
    assert lateness.days_revised == 7
