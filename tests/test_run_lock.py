"""A run writes only while it holds the run lock; who never ends is waited for."""

from datetime import datetime

import pytest

from tests.oracle import Event
from tests.rollup import Rollup, RunError
from tests.states import State

NOW = datetime(2024, 3, 5, 12)
ANOTHER_RUN = "00000000-0000-0000-0000-000000000000"
TAKE_TURN = f"update analytics.rollup_state set run_id = '{ANOTHER_RUN}'"
# Between two models, as another run would.
TAKE_TURN_MEANWHILE = f"""
create function start_run() returns trigger language plpgsql as $$
begin
    {TAKE_TURN};
    return null;
end $$;
create trigger start_run after insert or update or delete on analytics.refresh_days
for each statement execute function start_run()
"""


def first_built(rollup: Rollup) -> None:
    """Some days, first built, and an event that came since."""
    rollup.insert(Event(1, datetime(2024, 3, n, 9)) for n in range(1, 5))
    rollup.build(NOW)
    rollup.insert([Event(2, NOW)])


@pytest.fixture
def state() -> State:
    """Where each test begins."""
    return State(first_built)


def test_a_run_whose_turn_was_taken_writes_no_further_table(rollup: Rollup) -> None:
    before = rollup.tables()
    rollup.execute(TAKE_TURN_MEANWHILE)

    with pytest.raises(RunError, match="this run does not hold the run lock"):
        rollup.build(NOW)

    assert rollup.tables() == before
    assert rollup.query("select run_id from analytics.rollup_state") == [(ANOTHER_RUN,)]


def test_a_run_that_has_only_just_fallen_silent_is_waited_for(rollup: Rollup) -> None:
    before = rollup.tables()
    rollup.execute(TAKE_TURN)

    with pytest.raises(RunError, match=f"the run {ANOTHER_RUN} is still at work"):
        rollup.build(NOW, wait_minutes=0, silent_seconds=10)

    assert rollup.tables() == before
