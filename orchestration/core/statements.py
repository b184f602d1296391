"""Runs statements, and says in one sentence what the server refuses."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2 import errors, sql

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure, UserError
from orchestration.core.settings import TableName, events_table

Names = dict[str, sql.Composable]


@contextmanager
def failures(doing: str) -> Iterator[None]:
    """Turn what the server refuses inside the block into a Failure of one sentence."""
    try:
        yield
    except psycopg2.Error as error:
        reason = (error.diag.message_primary or str(error)).strip()
        if isinstance(error, errors.InsufficientPrivilege):
            reason += " (ask the owner, or connect as another user)"
        raise Failure(f"{doing} failed: {' '.join(reason.split())}.") from error


def execute(
    cursor: psycopg2.extensions.cursor,
    query: str,
    parameters: Mapping[str, Any] | None = None,
) -> None:
    """Run a query on the events and the rollup's tables.

    Raises UserError where one of them is not there yet, and Failure where the server
    refuses the query.
    """
    try:
        cursor.execute(query, parameters)
    except errors.UndefinedTable as error:
        missing = str(error).split('"')[1]
        if missing == str(events_table()):
            remedy = (
                "create it with `fast-dau init`, or name yours with the variables "
                "fast_dau_events_schema and fast_dau_events_table"
            )
        else:
            remedy = "build it with `fast-dau dbt build`"
        raise UserError(f"There is no table {missing} yet: {remedy}.") from None
    except psycopg2.Error as error:
        raise Failure(f"The server refused the query: {error}".strip()) from None


def identifier(table: TableName) -> sql.Identifier:
    """Return the table's name as it stands in a statement."""
    return sql.Identifier(table.schema, table.name)


def filled(
    cursor: psycopg2.extensions.cursor,
    query: str,
    arguments: Sequence[object],
    names: Mapping[str, sql.Composable],
) -> bytes:
    """Return a statement with its names and values in place."""

    def written(part: sql.Composable) -> str:
        if isinstance(part, sql.Composed):
            return "".join(map(written, part))
        text: str = part.as_string(cursor)
        # A percent sign in a name is no place for a value.
        is_name = arguments and isinstance(part, sql.Identifier)
        return text.replace("%", "%%") if is_name else text

    texts = {name: written(part) for name, part in names.items()}
    statement: bytes = cursor.mogrify(query.format(**texts), arguments or None)
    return statement


def rows(
    connection: Connection, query: str, *arguments: object, **names: sql.Composable
) -> list[tuple[Any, ...]]:
    """Run a statement, with names in its braces; return its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(filled(cursor, query, arguments, names))
        return cursor.fetchall() if cursor.description else []


def is_built(connection: Connection, table: TableName) -> bool:
    """Tell whether there is such a table."""
    name = identifier(table).as_string(connection)
    return rows(connection, "select to_regclass(%s) is not null", name) == [(True,)]


def has_column(connection: Connection, table: TableName, column: str) -> bool:
    """Tell whether a table, which there is, has such a column."""
    name = identifier(table).as_string(connection)
    query = (
        "select count(*) from pg_attribute where attrelid = %s::regclass"
        " and attname = %s and not attisdropped"
    )
    return rows(connection, query, name, column) == [(1,)]
