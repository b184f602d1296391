"""The mark of a table whose events are all made up: a line of the table's comment."""

import re
from dataclasses import dataclass

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.settings import events_table
from orchestration.core.statements import execute, identifier
from orchestration.source.ddl import quoted

_LINE = re.compile(
    r"^Synthetic events of `fast-dau (?:demo|generate)`: (?P<options>.*)$", re.MULTILINE
)
_EVENTS = re.compile(r"events=(\d+)")


@dataclass(frozen=True)
class Mark:
    """How the events were made, as `events=N` and what else decides what they are."""

    options: str

    @property
    def events(self) -> int:
        """How many they are."""
        found = _EVENTS.match(self.options)
        return int(found[1]) if found else 0


def read_mark(connection: Connection) -> Mark | None:
    """Return that of the events table; None: it has none, or there is no table."""
    found = _LINE.search(_comment(connection))
    return Mark(found["options"]) if found else None


def write_mark(connection: Connection, command: str, mark: Mark | None) -> None:
    """Replace the mark, or remove it, and leave alone what else the comment says."""
    lines = [_LINE.sub("", _comment(connection)).strip()]
    if mark:
        lines.append(f"Synthetic events of `fast-dau {command}`: {mark.options}")
    text = "\n".join(filter(None, lines)) or None
    _ask(connection, "comment on table {} is {}", sql.Literal(text))


def lock_made_up(connection: Connection) -> int:
    """Return how many made-up events the table holds, to which none of others come.

    It is locked until the transaction ends, but for reading. Raises UserError where it
    holds events that were not made up, or nobody knows to be.
    """
    _ask(connection, "lock table {} in share row exclusive mode")
    has_events = _ask(connection, "select exists (select from {})")
    mark = read_mark(connection)
    if has_events and not mark:
        raise UserError(
            f"{events_table()} holds events that were not made up, to which none are "
            "added: name an empty database with PGDATABASE, or with FAST_DAU_HOME a "
            "folder for another embedded server. Nothing was written."
        )
    return mark.events if mark else 0


def refuse_made_up(connection: Connection) -> None:
    """Raise UserError where one's own events would be added to made-up ones."""
    if read_mark(connection):
        raise UserError(
            f"{events_table()} holds synthetic events, with which yours would be "
            "mixed: clear them with `fast-dau demo --clear`."
        )


def _comment(connection: Connection) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "select obj_description(to_regclass(%s), 'pg_class')",
            (quoted(connection, events_table()),),
        )
        [(comment,)] = cursor.fetchall()
    return comment or ""


def _ask(connection: Connection, statement: str, *more: sql.Composable) -> bool:
    """Run a statement about the events table; return what it says, if anything."""
    query = sql.SQL(statement).format(identifier(events_table()), *more)
    with connection.cursor() as cursor:
        execute(cursor, query.as_string(connection))
        return bool(cursor.description and cursor.fetchall()[0][0])
