"""Fills the events table with a synthetic stream."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.event_variables import ROLES
from orchestration.core.one_ahead import OneAhead
from orchestration.core.settings import TableName
from orchestration.core.statements import failures
from orchestration.source.loading.copy_in import copy_events
from orchestration.source.loading.records import NULL
from orchestration.source.loading.target import Target
from orchestration.source.synthetic.options import StreamOptions
from orchestration.source.synthetic.population import populate
from orchestration.source.synthetic.stream import event_rows
from orchestration.source.synthetic.text import CopyText
from orchestration.source.table import require_events_table

_MAX_SMALLINT = 32_767


@dataclass(frozen=True)
class Inserted:
    """Which table was filled; `users` are those with a valid event."""

    table: TableName
    users: int


def insert_synthetic_events(
    connection: Connection, options: StreamOptions, progress: Callable[[int], None]
) -> Inserted:
    """Add the stream to the events table, whatever the table holds already.

    Runs inside the connection's transaction and does not commit. `progress` gets
    the number of rows of each part as the server takes it. A described table gets ids
    and times of its types, and roles that it has no column for are left out. Raises
    UserError where there is no events table, or one that has no room for such rows,
    and Failure where the server refuses them.
    """
    table = require_events_table(connection)
    target = Target(connection, table, ROLES)
    _refuse_what_has_no_room(table, target, options)
    names = list(target.names.values())
    population = populate(options)
    text = CopyText(options)
    with failures(f"Filling {table}"), OneAhead() as ahead:
        for rows in event_rows(options, population):
            lines = text(rows)
            if not target.is_usual:
                ahead.wait()  # the connection does one thing at a time
                lines = _as_stored(target, lines)
            ahead.do(partial(copy_events, connection, table, lines, names))
            progress(len(rows))
    return Inserted(table, population.users)


def _refuse_what_has_no_room(
    table: TableName, target: Target, options: StreamOptions
) -> None:
    columns = target.columns
    if columns.user_id_type == "smallint" and options.users > _MAX_SMALLINT:
        raise UserError(
            f"The user ids of {table} are of type smallint: ask for --users "
            f"{_MAX_SMALLINT:,} at most. Nothing was written."
        )
    has_all_times = columns.time_type.startswith("timestamp")
    never_null = target.never_null & {
        target.names["user_id"],
        target.names["performed_at"],
    }
    if options.invalid_events and (never_null or not has_all_times):
        raise UserError(
            "Some of the synthetic events have no user or no time, or an infinite one, "
            f"which {table} cannot hold: `fast-dau generate --invalid-share 0` "
            "makes none of those. Nothing was written."
        )


def _as_stored(target: Target, text: str) -> str:
    """Return the rows with the table's columns, each in its type."""
    cells = zip(*(line.split("\t") for line in text.splitlines()), strict=True)
    columns: dict[str, Sequence[str]] = dict(zip(ROLES, cells, strict=True))
    if target.columns.user_id_type == "uuid":
        columns["user_id"] = list(map(_uuid, columns["user_id"]))
    if target.columns.course_id_type == "uuid":
        columns["course_id"] = list(map(_uuid, columns["course_id"]))
    columns["performed_at"] = target.stored_times(columns["performed_at"]).texts
    rows = zip(*(columns[role] for role in target.names), strict=True)
    return "\n".join(map("\t".join, rows)) + "\n"


def _uuid(number: str) -> str:
    return number if number == NULL else str(UUID(int=int(number)))
