"""Runs statements on tables whose names are settings."""

from typing import Any

from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.settings import TableName

Names = dict[str, sql.Composable]


def identifier(table: TableName) -> sql.Identifier:
    """Return the table's name as it stands in a statement."""
    return sql.Identifier(table.schema, table.name)


def rows(
    connection: Connection, query: str, *arguments: object, **names: sql.Composable
) -> list[tuple[Any, ...]]:
    """Run a statement, with names in its braces; return its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(query).format(**names), arguments or None)
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
