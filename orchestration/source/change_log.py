"""The change log: triggers on the events note changes of old rows for the next run."""

import hashlib
from pathlib import Path

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.event_columns import event_columns
from orchestration.core.settings import TableName, dbt_vars
from orchestration.source.ddl import Step, quoted
from orchestration.source.relations import Relation, tree_of
from orchestration.source.watching import (
    Trigger,
    Watch,
    change_log_table,
    find_watch,
    log_rollups_table,
    watched_by_themselves,
)

# Both are one statement each: all of it is there, or nothing.
_INSTALL = Path(__file__).with_suffix(".sql").read_text().strip()
_TRIGGERS = Path(__file__).with_name("change_log_triggers.sql").read_text().strip()
_REMOVE = """do $remove$
begin
{drops}
drop function if exists {log}();
drop table if exists {log}, {rollups};
end
$remove$"""

_MOST_NAMED = 3


def change_log_steps(
    connection: Connection,
    table: TableName,
    tree: list[Relation],
    owner: str,
    *,
    wanted: bool,
) -> list[Step]:
    """Return the step that installs or removes the log; none where it is done.

    The `tree` is the events' own, or one table that is yet to be made. The events'
    `owner` will own the log too. Where not every table of the tree is watched, or a log
    of another owner, threshold or version is there, it is installed again over it.
    Raises UserError where lookback_days leaves no day for the log.
    """
    log = change_log_table(table)
    watch = find_watch(connection, table, tree)
    if not wanted:
        remark = f"removing the change log {log} (writers wait for a moment)"
        is_there = watch.triggers or watch.has_log or watch.has_rollups
        return [Step(_removal(connection, table, watch), remark)] if is_there else []
    days = logged_after_days()
    # In the triggers' arguments, it tells whether they are the ones made here.
    text = _installation(connection, table, Watch(tree[:1], [], True, True), owner, "")
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    is_whole = (
        watch.has_log
        and watch.has_rollups
        and not watch.misplaced()
        and not watch.unwatched(
            f"{days}\\000{digest}\\000{event_columns().digest()}\\000"
        )
    )
    if is_whole:
        return []
    remark = f"installing the change log {log} (writers wait for a moment)"
    return [Step(_installation(connection, table, watch, owner, digest), remark)]


def unwatched_in_words(connection: Connection, table: TableName) -> str | None:
    """Return which of the events the log, where there is one, does not see change."""
    watch = find_watch(connection, table, tree_of(connection, table))
    names = [f"{one.schema}.{one.name}" for one in watch.unwatched()]
    if not watch.has_log or not names:
        return None
    more = len(names) - _MOST_NAMED
    return (
        f"The change log does not see changes of {', '.join(names[:_MOST_NAMED])}"
        + (f" and {more} more" if more > 0 else "")
        + ": mend it with fast-dau init --change-log."
    )


def logged_after_days() -> int:
    """Return the age from which changes are logged: lookback_days less one.

    Younger ones are found by the ordinary run's lookback. The day to spare is for
    transactions that stay open for most of a day, and for a day of 23 hours.
    """
    days = dbt_vars()["lookback_days"]
    if not isinstance(days, int) or days < 2:  # noqa: PLR2004  # today and one to spare
        raise UserError(
            "The change log needs fast_dau_lookback_days, in dbt_project.yml, to be at "
            f"least 2: it is {days}, with which every new event would be logged."
        )
    return days - 1


def in_words(table: TableName) -> str:
    """Return what the log does, and what is left to do for the people who run it."""
    days = logged_after_days()
    log = change_log_table(table)
    return (
        f"From now on, late, changed and deleted events older than {days * 24} hours "
        f"are noted in {log}, and the next ordinary run rebuilds their days. The first "
        "one rebuilds every day, because nobody watched before.\n"
        "A job that purges old events should be announced with the variable "
        "fast_dau_events_kept_from in dbt_project.yml, which keeps the days before.\n"
        "If dbt connects as another user than the table's owner, it needs: "
        f"grant select, delete on {log} to that user; "
        f"grant select, insert, update, delete on {log_rollups_table(table)} to it."
    )


def _installation(
    connection: Connection, table: TableName, watch: Watch, owner: str, digest: str
) -> str:
    log, rollups = change_log_table(table), log_rollups_table(table)
    days = logged_after_days()
    triggers = (
        sql.SQL(_TRIGGERS).format(
            log=sql.Identifier(log.schema, log.name),
            events=sql.Identifier(relation.schema, relation.name),
            **_of_rows(days),
            days=sql.Literal(str(days)),
            digest=sql.Literal(digest),
            reading=sql.Literal(event_columns().digest()),
        )
        for relation in watched_by_themselves(watch.tree)
    )
    return (
        sql.SQL(_INSTALL)
        .format(
            log=sql.Identifier(log.schema, log.name),
            log_name=sql.Literal(quoted(connection, log)),
            rollups=sql.Identifier(rollups.schema, rollups.name),
            rollups_name=sql.Literal(quoted(connection, rollups)),
            owner=sql.Identifier(owner),
            old_time=sql.SQL(event_columns().utc("old")),
            new_time=sql.SQL(event_columns().utc("new")),
            drops=_drops(watch.misplaced()),
            triggers=sql.SQL("\n\n").join(triggers),
        )
        .as_string(connection)
    )


def _of_rows(days: int) -> dict[str, sql.SQL]:
    """Return what the triggers ask of a row before the write, and after it."""
    columns = event_columns()
    parts = {}
    for row in ("old", "new"):
        age = columns.recorded(f"timezone(interval '-{days * 24}:00', now())")
        parts[f"{row}_is_old"] = sql.SQL(
            f"{columns.of_row(row, 'performed_at')} < {age}"
        )
        parts[f"{row}_columns"] = sql.SQL(", ".join(columns.compared(row)))
    return parts


def _removal(connection: Connection, table: TableName, watch: Watch) -> str:
    log, rollups = change_log_table(table), log_rollups_table(table)
    return (
        sql.SQL(_REMOVE)
        .format(
            drops=_drops([one for one in watch.triggers if not one.is_clone]),
            log=sql.Identifier(log.schema, log.name),
            rollups=sql.Identifier(rollups.schema, rollups.name),
        )
        .as_string(connection)
    )


def _drops(triggers: list[Trigger]) -> sql.Composable:
    return sql.SQL("\n").join(
        sql.SQL("drop trigger if exists {} on {};").format(
            sql.Identifier(trigger.name), sql.Identifier(trigger.schema, trigger.table)
        )
        for trigger in triggers
    )
