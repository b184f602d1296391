"""Whatever is done to the events and in whatever order runs follow, tables are exact.

Hypothesis makes up the sequences, and shortens those that fail. With the change log
every ordinary run has to be exact; without it every full run, and every ordinary run
that follows changes of the last days only. FAST_DAU_EXAMPLES says how many sequences
are tried at each place; they are always the same, unless FAST_DAU_RANDOM is set.
"""

import os
from datetime import datetime

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from orchestration.core.connection import Connection
from tests.event_changes import Place
from tests.event_history import EventHistory

EXAMPLES = int(os.environ.get("FAST_DAU_EXAMPLES", "2"))
# Each shortly before the clocks change there; Apia skipped 2011-12-30.
PLACES = [
    Place("UTC", datetime(2024, 2, 27, 23, 59)),
    Place("Europe/Berlin", datetime(2024, 3, 29, 22, 58), ("page_view", "enrolled")),
    Place("America/New_York", datetime(2024, 11, 2, 3, 30)),
    Place("Australia/Lord_Howe", datetime(2024, 4, 5, 12, 59), ("page_view",)),
    Place("Pacific/Apia", datetime(2011, 12, 29, 9, 59)),
]


@pytest.mark.parametrize(
    ("place", "with_log"),
    [
        (PLACES[0], False),
        (PLACES[1], True),
        pytest.param(PLACES[0], True, marks=pytest.mark.prove),
        pytest.param(PLACES[1], False, marks=pytest.mark.prove),
        *(pytest.param(place, True, marks=pytest.mark.prove) for place in PLACES[2:]),
    ],
    ids=lambda value: {True: "change log", False: "no log"}.get(value, str(value)),
)
def test_tables_equal_a_recount_after_any_sequence_of_changes_and_runs(
    place: Place, with_log: bool, connection: Connection
) -> None:
    class HistoryOfPlace(EventHistory):
        def __init__(self) -> None:
            super().__init__(connection, place, with_log=with_log)

    run_state_machine_as_test(
        HistoryOfPlace,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            derandomize="FAST_DAU_RANDOM" not in os.environ,
            # Runs take their time, and a failure is printed as code to paste.
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
            database=None,
        ),
    )
