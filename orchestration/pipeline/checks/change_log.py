"""The check that runs have handled the changes of old events that they have read."""

import shlex
from typing import Any

import dagster as dg
from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.settings import events_table, rollup_schema
from orchestration.core.statements import execute, identifier, is_built
from orchestration.pipeline.run_database import one_instant
from orchestration.source.watching import change_log_table, log_rollups_table

# An entry stays until every rollup has read it. What this one has read, and not rebuilt
# in every table, is among its pending days.
_ENTRIES = """
select
    (select count(*) from {pending_days} where reason in ('changed', 'unwatched')),
    count(*) filter (where not is_read),
    count(*) filter (where is_read),
    extract(epoch from now() - min(log.logged_at))::float,
    array(
        select rollup::text from {rollups}
        where rollup <> {rollup} and read_at < now() - interval '7 days'
        order by 1
    )
from {log} as log
left join {rollups} as rollups on rollups.rollup = {rollup}
cross join lateral (
    select coalesce(
        pg_visible_in_snapshot(log.transaction_id, rollups.snapshot), false
    ) as is_read
) as handled
"""


@dg.asset_check(
    asset="refresh_days",
    description="The change log holds no change that the latest run has read: the days "
    "of all of them were rebuilt in every table. A warning where the log keeps changes "
    "for another rollup that has not run for a week. It passes where there is no log.",
)
def change_log_consumed() -> dg.AssetCheckResult:
    """Count the entries that a run has read and left, and those that came since."""
    with one_instant() as (connection, _):
        found = _entries(connection)
    if found is None:
        return dg.AssetCheckResult(
            passed=True, metadata={"change_log": "none, or one of an earlier version"}
        )
    days_left, since, kept_for_others, oldest_seconds, silent_rollups = found
    metadata: dict[str, float | str] = {
        "days_left": days_left,
        "entries_since": since,
        "entries_kept_for_other_rollups": kept_for_others,
    }
    if oldest_seconds is not None:
        metadata["oldest_entry_seconds"] = oldest_seconds
    if silent_rollups:
        metadata["rollups_without_a_run_for_a_week"] = ", ".join(silent_rollups)
        metadata["to_strike_off"] = "\n".join(
            f"fast-dau init --strike-off {shlex.quote(name)}" for name in silent_rollups
        )
    return dg.AssetCheckResult(
        passed=days_left == 0 and not silent_rollups,
        severity=dg.AssetCheckSeverity.ERROR
        if days_left
        else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


def _entries(connection: Connection) -> tuple[Any, ...] | None:
    """Return the log as this rollup has it; None: none is there that knows rollups.

    Days left, entries since, those kept for others, the oldest one's seconds if there
    is any, and the rollups that it waits for in vain.
    """
    rollups = log_rollups_table(events_table())
    if not is_built(connection, rollups):
        return None
    query = sql.SQL(_ENTRIES).format(
        log=identifier(change_log_table(events_table())),
        rollups=identifier(rollups),
        pending_days=sql.Identifier(rollup_schema(), "pending_days"),
        rollup=sql.Literal(rollup_schema()),
    )
    with connection.cursor() as cursor:
        execute(cursor, query.as_string(connection))
        return cursor.fetchone()
