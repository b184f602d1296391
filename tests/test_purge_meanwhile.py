"""Events that are purged while a run is at work leave no empty days behind."""

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.oracle import Definitions, Event
from tests.rollup import Rollup, RunError

NOW = datetime(2024, 3, 5, 12)
READERS_OF_EVENTS = [
    "user_day_activity",
    "daily_active_users_by_course",
    "daily_active_users_by_segment",
]
PURGE = """
create function purge() returns trigger language plpgsql as $$
begin
    delete from events where performed_at < '2024-03-02';
    return null;
end $$;
create trigger purge after insert or update or delete on analytics.refresh_days
for each statement execute function purge()
"""


def test_a_table_counted_from_events_is_not_written_where_the_oldest_are_gone_by_then(
    whole_rollup_in: Callable[[Definitions], Rollup],
) -> None:
    """They are deleted once the run has chosen the days to count."""
    rollup = whole_rollup_in(Definitions())
    variables = {"events_kept_from": None, "segments": {"kind": "kind"}}
    rollup.insert(Event(1, datetime(2024, 3, n, 9), course_id=7) for n in (1, 2))
    rollup.build(NOW, **variables)
    before = [rollup.query(f"select * from analytics.{t}") for t in READERS_OF_EVENTS]
    rollup.execute(PURGE)

    with pytest.raises(RunError) as refused:
        rollup.build(NOW, refresh="full", **variables)
    messages = [message or "" for message in refused.value.args[0]]
    after = [rollup.query(f"select * from analytics.{t}") for t in READERS_OF_EVENTS]

    assert sum("oldest events were deleted" in message for message in messages) == 3
    assert after == before
