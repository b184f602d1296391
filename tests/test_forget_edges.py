"""An erased user leaves each count on the last day of its window, and not before."""

from datetime import datetime, timedelta

import pytest

from tests.forgetting import forget
from tests.oracle import Event
from tests.rollup import Rollup
from tests.states import State

FIRST = datetime(2024, 3, 1, 9)
NOW = FIRST + timedelta(days=45)


def first_built(rollup: Rollup) -> None:
    """Six weeks of a user who is there every day, and of one who came back once."""
    days = [(1, range(45)), (2, (3, 10))]
    rollup.insert(
        Event(user, FIRST + timedelta(days=day)) for user, of in days for day in of
    )
    rollup.build(NOW)


@pytest.fixture
def state() -> State:
    """Where the test begins."""
    return State(first_built, has_product=True)


def test_every_window_that_a_user_was_in_is_counted_without_the_user(
    rollup: Rollup,
) -> None:
    forget(rollup, 2, now=NOW)

    assert rollup.tables() == rollup.expected(NOW)
