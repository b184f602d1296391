"""A backfill of days that history does not have is refused, whoever asks for it."""

import json
from collections.abc import Callable
from datetime import date, datetime
from random import Random

import pytest

from tests.commands import refusal
from tests.dbt_processes import run_id
from tests.made_up_events import eventful_days
from tests.oracle import Definitions, Event
from tests.rollup import Rollup, RunError
from tests.states import State

FIRST, LAST = datetime(2024, 3, 1), date(2024, 3, 25)
NOW = datetime(2024, 3, 25, 12)


def first_built(rollup: Rollup) -> None:
    """Three weeks and a half, first built."""
    rollup.insert(eventful_days(Random(5), FIRST, 25))
    rollup.insert([Event(1, FIRST)])
    rollup.build(NOW)


STATE = State(first_built)


@pytest.mark.parametrize(
    ("first", "last"),
    [("2027-01-01", "2027-01-02"), ("2024-02-01", "2024-02-29")],
    ids=["days to come", "days before history"],
)
def test_a_range_without_days_of_history_is_refused_and_nothing_runs(
    rollup: Rollup, first: str, last: str
) -> None:
    before = rollup.tables()
    said = f"nothing to rebuild from {first} to {last}"
    history = "history has the days from 2024-03-01 to 2024-03-25"
    with pytest.raises(RunError, match=f"{said}.*{history}. Nothing ran"):
        rollup.build(NOW, start_date=first, end_date=last)
    variables = json.dumps(
        rollup.variables(start_date=first, end_date=last, run_at=NOW)
    )
    planned = refusal("plan", "--vars", variables)

    assert said in planned
    assert history in planned
    assert rollup.tables() == before
    assert run_id(rollup.connection) is None


def test_a_range_that_has_some_days_of_history_is_rebuilt_as_far_as_it_goes(
    rollup: Rollup,
) -> None:
    rollup.insert([Event(99, FIRST)])
    rollup.build(NOW, start_date="2024-02-01", end_date="2024-03-01")
    rollup.build(NOW, start_date=str(LAST), end_date="2024-12-31")

    assert rollup.tables() == rollup.expected(NOW)


def test_without_events_there_is_nothing_to_rebuild(
    rollup_in: Callable[[Definitions], Rollup],
) -> None:
    with pytest.raises(RunError, match="no day yet, as there is no valid event"):
        rollup_in(Definitions()).build(
            NOW, start_date="2024-03-01", end_date="2024-03-01"
        )
