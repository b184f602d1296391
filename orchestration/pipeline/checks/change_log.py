"""The check that runs have handled the changes of old events that they have read."""

import dagster as dg
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.answers.questions import execute
from orchestration.events.watching import change_log_table
from orchestration.pipeline.environment import one_instant
from orchestration.settings import events_table, rollup_schema

_ENTRIES = """
select
    count(*),
    count(*) filter (
        where pg_visible_in_snapshot(log.transaction_id, state.change_log_snapshot)
    ),
    extract(epoch from now() - min(log.logged_at))::float
from {log} as log
cross join {state} as state
"""


@dg.asset_check(
    asset="refresh_days",
    description="The change log holds no change that the latest run has read: the days "
    "of all of them were rebuilt in every table. It passes where there is no log.",
)
def change_log_consumed() -> dg.AssetCheckResult:
    """Count the entries that a run has read and left, and those that came since."""
    with one_instant() as (connection, _):
        counted = entries(connection)
    if counted is None:
        return dg.AssetCheckResult(passed=True, metadata={"change_log": "none"})
    pending, left, age = counted
    metadata: dict[str, float] = {"entries_left": left, "entries_since": pending - left}
    if age is not None:
        metadata["oldest_entry_seconds"] = age
    return dg.AssetCheckResult(passed=left == 0, metadata=metadata)


def entries(connection: Connection) -> tuple[int, int, float | None] | None:
    """Return how many entries there are, how many a run has read, and the oldest's age.

    The age is in seconds; None without entries. All is None where there is no log.
    """
    log = change_log_table(events_table())
    name = sql.Identifier(log.schema, log.name)
    query = sql.SQL(_ENTRIES).format(
        log=name, state=sql.Identifier(rollup_schema(), "rollup_state")
    )
    with connection.cursor() as cursor:
        execute(
            cursor, "select to_regclass(%(name)s)", {"name": name.as_string(cursor)}
        )
        if cursor.fetchall()[0][0] is None:
            return None
        execute(cursor, query.as_string(connection))
        pending, left, age = cursor.fetchall()[0]
    return pending, left, age
