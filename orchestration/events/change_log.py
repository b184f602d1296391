"""The change log: triggers on the events note changes of old rows for the next run."""

import hashlib
from pathlib import Path

from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.errors import UserError
from orchestration.events.ddl import Step, failures, joined_name
from orchestration.settings import TableName, dbt_vars

TRIGGERS = (
    "fast_dau_log_insert",
    "fast_dau_log_update",
    "fast_dau_log_delete",
    "fast_dau_log_truncate",
)

# Both are one statement each: all of it is there, or nothing.
_INSTALL = Path(__file__).with_suffix(".sql").read_text().strip()
_REMOVE = """do $remove$
begin
{drop_triggers}
drop function if exists {log}();
drop table if exists {log};
end
$remove$"""

_STATE = """
select
    count(*),
    count(*) filter (
        where tgenabled = 'A' and encode(tgargs, 'escape') = %(arguments)s
    ),
    to_regclass(%(log)s) is not null
from pg_trigger
where tgrelid = to_regclass(%(events)s) and tgname = any(%(triggers)s)
"""


def change_log_table(table: TableName) -> TableName:
    """Return the log's name, beside the events table, as dbt's change_log() has it."""
    return TableName(table.schema, joined_name(table.name, "_change_log"))


def change_log_steps(
    connection: Connection, table: TableName, owner: str, *, wanted: bool
) -> list[Step]:
    """Return the step that installs or removes the log; none where it is done.

    The events' `owner` will own the log too. Where a log of another owner, threshold
    or version is there, it is installed again over it. Raises UserError where
    lookback_days leaves no day for the log.
    """
    log = change_log_table(table)
    if not wanted:
        remark = f"removing the change log {log} (writers wait for a moment)"
        is_there = any(_state(connection, table, ""))
        return [Step(_removal(connection, table), remark)] if is_there else []
    days = logged_after_days()
    # In the triggers' arguments, it tells whether they are the ones made here.
    text = _installation(connection, table, owner, days, "")
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    complete = (len(TRIGGERS), len(TRIGGERS), True)
    if _state(connection, table, f"{days}\\000{digest}\\000") == complete:
        return []
    remark = f"installing the change log {log} (writers wait for a moment)"
    return [Step(_installation(connection, table, owner, days, digest), remark)]


def logged_after_days() -> int:
    """Return the age from which changes are logged: lookback_days less one.

    Younger ones are found by the ordinary run's lookback. The day to spare is for
    transactions that stay open for most of a day, and for a day of 23 hours.
    """
    days = dbt_vars()["lookback_days"]
    if not isinstance(days, int) or days < 2:  # noqa: PLR2004  # today and one to spare
        raise UserError(
            "The change log needs lookback_days, in dbt_project.yml, to be at least 2: "
            f"it is {days}, with which every new event would be logged."
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
        "events_kept_from in dbt_project.yml, which keeps the days before it.\n"
        "If dbt connects as another user than the table's owner: "
        f"grant select, delete on {log} to that user."
    )


def _installation(
    connection: Connection, table: TableName, owner: str, days: int, digest: str
) -> str:
    log = change_log_table(table)
    return (
        sql.SQL(_INSTALL)
        .format(
            log=sql.Identifier(log.schema, log.name),
            events=sql.Identifier(table.schema, table.name),
            owner=sql.Identifier(owner),
            age=sql.Literal(f"-{days * 24}:00"),
            days=sql.Literal(str(days)),
            digest=sql.Literal(digest),
        )
        .as_string(connection)
    )


def _removal(connection: Connection, table: TableName) -> str:
    log = change_log_table(table)
    drops = (
        sql.SQL("drop trigger if exists {} on {};").format(
            sql.Identifier(trigger), sql.Identifier(table.schema, table.name)
        )
        for trigger in TRIGGERS
    )
    return (
        sql.SQL(_REMOVE)
        .format(
            drop_triggers=sql.SQL("\n").join(drops),
            log=sql.Identifier(log.schema, log.name),
        )
        .as_string(connection)
    )


def _state(
    connection: Connection, table: TableName, arguments: str
) -> tuple[int, int, bool]:
    """Return the number of triggers, of those with these arguments; is the log there.

    A trigger that was switched off, or to replicated rows alone, is not one of them.
    """
    log = change_log_table(table)
    with connection.cursor() as cursor, failures(f"Looking up {table}"):
        cursor.execute(
            _STATE,
            {
                "arguments": arguments,
                "log": sql.Identifier(log.schema, log.name).as_string(connection),
                "events": sql.Identifier(table.schema, table.name).as_string(
                    connection
                ),
                "triggers": list(TRIGGERS),
            },
        )
        found: tuple[int, int, bool] = cursor.fetchall()[0]
    return found
