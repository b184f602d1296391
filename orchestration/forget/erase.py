"""Erases a person: everything in one transaction, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.errors import UserError
from orchestration.events.ddl import failures
from orchestration.events.user_keys import keys_table
from orchestration.forget.contribution import note_contribution, note_days_to_rebuild
from orchestration.forget.counts import days_of, keep_counts, recount
from orchestration.forget.history import drop_days_before_history
from orchestration.forget.owners import Owners
from orchestration.forget.product_counts import (
    leave_cohort_and_frequency,
    leave_rolling_and_growth,
)
from orchestration.forget.proof import prove_erased
from orchestration.forget.statements import (
    Names,
    has_column,
    identifier,
    is_built,
)
from orchestration.forget.turn import begin_alone
from orchestration.settings import TableName

_LISTS = ("user_day_activity", "returning_users", "user_lifetimes")
_ROLLUP = (
    "user_day_activity",
    "returning_users",
    "daily_active_users",
    "daily_retention",
    "daily_revisions",
    "erased_counts",
    "refresh_days",
    "rollup_state",
    "pending_days",
)
# Any of them may be switched off, or be new: a run that makes it will know no more of
# the user.
_PRODUCT = (
    "user_lifetimes",
    "moved_days",
    "rolling_active_users",
    "growth_accounting",
    "activity_frequency_28d",
    "cohort_retention",
    "daily_active_users_by_course",
    "daily_active_users_by_segment",
)
# The latest of its columns: an earlier version's table has none of it.
_ERASED_COUNT = "dormant_users"
_DELETE = "delete from {table} where user_id = %s"


@dataclass(frozen=True)
class Place:
    """Where the events and the rollup of them are."""

    events: TableName
    schema: str


@dataclass(frozen=True)
class Forgotten:
    """What was erased, where the days are those on which the tables knew the user."""

    has_rollup: bool
    rows_erased: dict[TableName, int]
    days: list[date]
    searched: list[TableName]


def forget(
    connection: Connection,
    place: Place,
    user_id: int,
    *,
    keeps_counts: bool,
    say: Callable[[str], None],
) -> Forgotten:
    """Erase a user from the events, the keys and the rollup, and prove it.

    The counts of days are made again without the user or, with `keeps_counts`, kept as
    they are published, for all later runs too, but for those of cohorts and frequency.
    Those by course and by segment are left for the next run. Each table is used with
    the rights of its owner. Waits for runs and loads; `say` gets what there is to wait
    for. Raises UserError or Failure after which nothing has changed.
    """
    with failures(f"Erasing user {user_id}"), connection:
        begin_alone(connection, place.events, place.schema, say)
        owners = Owners(connection)
        names = _rollup_names(connection, place.schema)
        days = []
        if names:
            rollup = owners.of(*(TableName(place.schema, name) for name in names))
            days = days_of(rollup, names, user_id)
            note_contribution(rollup, names, user_id)
            note_days_to_rebuild(rollup, names, user_id)
            if keeps_counts:
                keep_counts(rollup, names)
        say(f"Erasing user {user_id}, which reads all of {place.events}.")
        erased = _delete_rows(connection, owners, place, user_id, names)
        if names:
            leave_cohort_and_frequency(rollup, names)
        if names and not keeps_counts and any(erased.values()):
            recount(rollup, names, days)
            leave_rolling_and_growth(rollup, names)
            drop_days_before_history(rollup, names, place.events)
        searched = prove_erased(connection, owners, place.schema, user_id, place.events)
        owners.refuse_what_waits()
    return Forgotten(bool(names), erased, days, searched)


def _rollup_names(connection: Connection, schema: str) -> Names:
    """Return the names of the rollup's tables; none, where it was never built.

    Raises UserError where a run has to make some of them first.
    """
    tables = [TableName(schema, name) for name in (*_ROLLUP, *_PRODUCT)]
    built = [table for table in tables if is_built(connection, table)]
    state = TableName(schema, "rollup_state")
    if built in ([], [state]):
        return {}
    missing = [str(table) for table in tables[: len(_ROLLUP)] if table not in built]
    kept = TableName(schema, "erased_counts")
    if kept in built and not has_column(connection, kept, _ERASED_COUNT):
        missing.append(f"{kept}.{_ERASED_COUNT}")
    if missing:
        raise UserError(
            f"The rollup lacks {', '.join(missing)}: `fast-dau dbt build` "
            "makes what is missing. Nothing was changed."
        )
    return {table.name: identifier(table) for table in built}


def _delete_rows(
    connection: Connection, owners: Owners, place: Place, user_id: int, names: Names
) -> dict[TableName, int]:
    """Delete the user's rows from every table that is known to have some."""
    tables = [place.events]
    keys = keys_table(place.events)
    if is_built(connection, keys):
        tables.append(keys)
    tables += [TableName(place.schema, name) for name in _LISTS if name in names]
    return {
        table: owners.of(table).changed(_DELETE, user_id, table=identifier(table))
        for table in tables
    }
