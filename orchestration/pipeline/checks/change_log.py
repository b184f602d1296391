"""The check that runs have handled the changes of old events that they have read."""

import shlex
from dataclasses import dataclass

import dagster as dg
from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.settings import events_table, rollup_schema
from orchestration.core.statements import execute
from orchestration.pipeline.run_database import one_instant
from orchestration.source.ddl import quoted
from orchestration.source.watching import change_log_table, log_rollups_table

# An entry stays until every rollup has read it. What this one has read, and not rebuilt
# in every table, is among its pending days.
_ENTRIES = """
select
    (select count(*) from {pending_days} where reason in ('changed', 'unwatched')),
    count(*) filter (where not is_read),
    count(*) filter (where is_read),
    extract(epoch from now() - min(log.logged_at))::float
from {log} as log
left join {rollups} as rollups on rollups.rollup = {rollup}
cross join lateral (
    select coalesce(
        pg_visible_in_snapshot(log.transaction_id, rollups.snapshot), false
    ) as is_read
) as handled
"""

_SILENT = """
select rollup from {rollups}
where rollup <> {rollup} and read_at < now() - interval '7 days'
order by rollup
"""


@dataclass(frozen=True)
class Entries:
    """The log as this rollup has it; `oldest_seconds` is None where it is empty."""

    days_left: int
    since: int
    kept_for_others: int
    oldest_seconds: float | None
    silent_rollups: list[str]


@dg.asset_check(
    asset="refresh_days",
    description="The change log holds no change that the latest run has read: the days "
    "of all of them were rebuilt in every table. A warning where the log keeps changes "
    "for another rollup that has not run for a week. It passes where there is no log.",
)
def change_log_consumed() -> dg.AssetCheckResult:
    """Count the entries that a run has read and left, and those that came since."""
    with one_instant() as (connection, _):
        found = entries(connection)
    if found is None:
        return dg.AssetCheckResult(
            passed=True, metadata={"change_log": "none, or one of an earlier version"}
        )
    metadata: dict[str, float | str] = {
        "days_left": found.days_left,
        "entries_since": found.since,
        "entries_kept_for_other_rollups": found.kept_for_others,
    }
    if found.oldest_seconds is not None:
        metadata["oldest_entry_seconds"] = found.oldest_seconds
    if found.silent_rollups:
        metadata["rollups_without_a_run_for_a_week"] = ", ".join(found.silent_rollups)
        metadata["to_strike_off"] = "\n".join(
            f"fast-dau init --strike-off {shlex.quote(name)}"
            for name in found.silent_rollups
        )
    return dg.AssetCheckResult(
        passed=found.days_left == 0 and not found.silent_rollups,
        severity=dg.AssetCheckSeverity.ERROR
        if found.days_left
        else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


def entries(connection: Connection) -> Entries | None:
    """Return what the log holds, and the rollups that it waits for in vain.

    None where there is no log that knows its rollups.
    """
    names = {
        "log": sql.SQL(quoted(connection, change_log_table(events_table()))),
        "rollups": sql.SQL(quoted(connection, log_rollups_table(events_table()))),
        "pending_days": sql.Identifier(rollup_schema(), "pending_days"),
        "rollup": sql.Literal(rollup_schema()),
    }
    with connection.cursor() as cursor:
        rollups = names["rollups"].as_string(connection)
        execute(cursor, "select to_regclass(%(name)s)", {"name": rollups})
        if cursor.fetchall() == [(None,)]:
            return None
        execute(cursor, sql.SQL(_ENTRIES).format(**names).as_string(connection))
        days_left, since, kept, oldest = cursor.fetchall()[0]
        execute(cursor, sql.SQL(_SILENT).format(**names).as_string(connection))
        silent = [name for (name,) in cursor.fetchall()]
    return Entries(days_left, since, kept, oldest, silent)
