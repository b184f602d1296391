"""Takes the rollup's run lock, as its dbt runs do (`dbt_project/macros/runs/`)."""

import time
from collections.abc import Callable

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure
from orchestration.core.settings import TableName, rollup_schema
from orchestration.core.statements import identifier, is_built, rows
from orchestration.source.user_keys import keys_table
from orchestration.trust.forget.owners import Owners

WAIT_SECONDS = 600
_TOLD_EACH_SECONDS = 60

_HOLDER = """
select concat(
    'the run that began at ',
    to_char(run_started_at, 'YYYY-MM-DD HH24:MI:SS TZ'),
    ' (' || run_id || ')'
)
from {state} where run_id is not null
"""


def begin_alone(
    connection: Connection,
    events: TableName,
    say: Callable[[str], None],
    wait_seconds: int = WAIT_SECONDS,
) -> None:
    """Begin a transaction beside which no run of the rollup and no load is at work.

    Until it ends, none begins either. Waits for the run that holds the lock, and for
    loads that have begun; raises Failure where that run does not end in time.
    """
    connection.rollback()
    # Each statement has to see what was committed while it waited.
    connection.set_session(isolation_level="READ COMMITTED", autocommit=False)
    for second in range(wait_seconds + 1):
        # No operator or function of anybody's takes the place of Postgres's own.
        rows(connection, "set local search_path = pg_catalog")
        run = _holder(connection)
        if run is None:
            _lock(connection, events)
            run = _holder(connection)
        if run is None:
            return
        connection.rollback()
        if second % _TOLD_EACH_SECONDS == 0:
            say(
                f"Waiting for {run} to end. If it was killed, start `fast-dau dbt "
                "build`, which finishes its work."
            )
        if second < wait_seconds:
            time.sleep(1)
    raise Failure(
        f"Nothing was changed: {run} has not ended in {wait_seconds} seconds. Try "
        "again when it has. If it was killed, start `fast-dau dbt build`, which "
        "finishes its work."
    )


def _holder(connection: Connection) -> str | None:
    """Return the run that holds the lock, in words; the first run makes that."""
    state = TableName(rollup_schema(), "rollup_state")
    if not is_built(connection, state):
        return None
    owner = Owners(connection).of(state)
    found = owner.answers(_HOLDER, state=identifier(state))
    return found[0] if found else None


def _lock(connection: Connection, events: TableName) -> None:
    """Wait for what is at work, and keep more from beginning; as `run_lock()` does.

    Runs hold the one lock in each model's transaction, and ask for it as they begin;
    loads hold the other one.
    """
    rows(connection, "set local statement_timeout = 0; set local lock_timeout = 0")
    for key in (str(keys_table(events)), f"fast-dau rollup {rollup_schema()}"):
        rows(connection, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", key)
