"""Erases a person: everything in one transaction, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.event_columns import EventColumns
from orchestration.core.manifest import STATE, models, tables
from orchestration.core.settings import TableName, rollup_schema
from orchestration.core.statements import (
    Names,
    failures,
    has_column,
    identifier,
    is_built,
)
from orchestration.source.user_keys import keys_table
from orchestration.trust.forget.contribution import keep_counts
from orchestration.trust.forget.ids import is_user
from orchestration.trust.forget.owners import Owner, Owners
from orchestration.trust.forget.proof import prove_erased
from orchestration.trust.forget.run_lock import begin_alone

# The latest of its columns: an earlier version's table has none of it.
_ERASED_COUNT = "dormant_users"
_DELETE = "delete from {table} where {is_user}"

_DAYS = "select activity_date from {user_day_activity} where {is_user} order by 1"

# Though a run may have taken the day up before: it counted the user.
_NOTE_DAYS = """
insert into {pending_days} (activity_date, reason)
select activity_date, 'erased' from {user_day_activity} where {is_user}
on conflict (activity_date, reason) do update set refresh_id = null
"""


@dataclass(frozen=True)
class Forgotten:
    """What was erased, where the days are those on which the tables knew the user.

    The owner is that of the rollup's tables; None where there are none.
    """

    owner: Owner | None
    rows_erased: dict[TableName, int]
    days: list[date]
    searched: list[TableName]

    @property
    def found(self) -> bool:
        """Whether there was anything of the user."""
        return any(self.rows_erased.values())


def forget(  # noqa: PLR0913  # whom, where, and how
    connection: Connection,
    events: TableName,
    user_id: int | str,
    *,
    columns: EventColumns,
    keeps_counts: bool,
    say: Callable[[str], None],
) -> Forgotten:
    """Erase a user from the events, the keys and the rollup, and prove it.

    The counts of the user's days are left to the next run, which is told to make them
    again; with `keeps_counts` what the user adds to them stays, for all later runs too.
    Each table is used with the rights of its owner. Waits for runs and loads; `say`
    gets what there is to wait for. Raises UserError or Failure after which nothing has
    changed.
    """
    # Before the run lock is held: dbt may have to parse the project for it.
    user_tables = _user_tables()
    with failures(f"Erasing user {user_id}"), connection:
        begin_alone(connection, events, say)
        owners = Owners(connection)
        names = _rollup_names(connection, user_tables)
        owner = None
        days: list[date] = []
        if names:
            owner = owners.of(*(TableName(rollup_schema(), name) for name in names))
        if owner and "user_day_activity" in names:
            user = is_user(columns.user_id_type)
            found = owner.answers(_DAYS, user_id, is_user=user, **names)
            days = [date.fromisoformat(day) for day in found if day]
            owner.changed(_NOTE_DAYS, user_id, is_user=user, **names)
            if keeps_counts:
                keep_counts(owner, names, user_id, columns.user_id_type)
        say(f"Erasing user {user_id}, which reads all of {events}.")
        erased = _delete_rows(connection, owners, events, user_id, columns, names)
        searched = prove_erased(connection, owners, user_id, events, columns)
        owners.refuse_what_waits()
    return Forgotten(owner, erased, days, searched)


def _rollup_names(connection: Connection, user_tables: list[str]) -> Names:
    """Return the names of the rollup's tables; none, where it was never built.

    Raises UserError where a run has to make some of them first.
    """
    wanted = [TableName(rollup_schema(), name) for name in (*STATE, *user_tables)]
    built = [table for table in wanted if is_built(connection, table)]
    if built in ([], wanted[:1]):
        return {}
    missing = [str(table) for table in wanted[: len(STATE)] if table not in built]
    kept = TableName(rollup_schema(), "erased_counts")
    if kept in built and not has_column(connection, kept, _ERASED_COUNT):
        missing.append(f"{kept}.{_ERASED_COUNT}")
    if missing:
        raise UserError(
            f"The rollup lacks {', '.join(missing)}: `fast-dau dbt build` "
            "makes what is missing. Nothing was changed."
        )
    return {table.name: identifier(table) for table in built}


def _user_tables() -> list[str]:
    """Return the tables of the rollup that list users."""
    return [name for name in tables() if "user_id" in models()[name]["columns"]]


def _delete_rows(  # noqa: PLR0913, PLR0917  # what is erased, where, and by whom
    connection: Connection,
    owners: Owners,
    events: TableName,
    user_id: int | str,
    columns: EventColumns,
    names: Names,
) -> dict[TableName, int]:
    """Delete the user's rows from every table that is known to have some."""
    searched = {events: str(columns.name("user_id"))}
    keys = keys_table(events)
    # They are of those who were known by text, and have got integers.
    if isinstance(user_id, int) and is_built(connection, keys):
        searched[keys] = "user_id"
    for name in names:
        if name not in STATE:
            searched[TableName(rollup_schema(), name)] = "user_id"
    kind = columns.user_id_type
    return {
        table: owners.of(table).changed(
            _DELETE, user_id, table=identifier(table), is_user=is_user(kind, column)
        )
        for table, column in searched.items()
    }
