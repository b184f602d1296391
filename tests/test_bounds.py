"""Numbers at the very bounds of days, of windows and of history."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.oracle import Definitions, Event
from tests.rollup import Rollup
from tests.states import State

# Its clocks show midnight twice on the 3rd of November.
HAVANA = "America/Havana"
FIRST = date(2024, 10, 5)
TODAY = 31
TICK = timedelta(microseconds=1)


def begins(day: int) -> datetime:
    """Return the UTC moment at which a day begins in Havana, counted from the first."""
    midnight = datetime.combine(FIRST + timedelta(day), time(0), ZoneInfo(HAVANA))
    return midnight.astimezone(UTC).replace(tzinfo=None)


# The very moment at which today begins.
NOW = begins(TODAY)
SKEW = timedelta(minutes=5)


def at_bounds() -> list[Event]:
    """Return events around the first midnight, each other one, and the latest time."""
    moments = [
        begins(0) - TICK,
        *(begins(day) + beside for day in range(TODAY) for beside in (0 * TICK, -TICK)),
        begins(29) + timedelta(minutes=30),  # between both midnights
        NOW,
        NOW + SKEW,
        NOW + SKEW + TICK,
    ]
    return [
        Event(n % 3, moment, course_id=n % 3 or None)
        for n, moment in enumerate(moments)
    ]


def apart() -> list[Event]:
    """Return events of users who come again days later, and of one who stays."""
    noon = timedelta(hours=12)
    return [
        Event(100 + days, begins(day) + noon, course_id=days % 4 or None)
        for days in (1, 4, 5, 6, 7, 8, 26, 27, 28)
        for day in (2, 2 + days)
    ] + [Event(99, begins(day) + noon, "it's") for day in range(2, 31)]


def not_valid() -> list[Event]:
    """Return events that are rejected, two for each reason."""
    return [
        Event(1, None),
        Event(None, None),
        Event(1, "infinity"),
        Event(None, "-infinity"),
        Event(None, begins(4)),
        Event(None, NOW),
        Event(None, begins(0) - TICK),
        Event(None, NOW + SKEW + TICK),
    ]


def a_month(rollup: Rollup) -> None:
    """A month of such events, not yet built."""
    # So that the latest events come first.
    rollup.insert(reversed([*at_bounds(), *apart(), *not_valid()]))


STATE = State(
    a_month,
    Definitions(HAVANA, events_start_date=FIRST, cohort_days=5),
    has_product=True,
)


@pytest.mark.parametrize("kinds", [(), ("page_view",), ("it's",)], ids=str)
def test_a_first_build_at_midnight_equals_a_recount_of_the_active_kinds(
    kinds: tuple[str, ...], rollup: Rollup
) -> None:
    rollup.definitions = replace(rollup.definitions, active_kinds=kinds)
    rollup.build(NOW)

    assert rollup.tables() == rollup.expected(NOW)
