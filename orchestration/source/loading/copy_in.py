"""Copies rows into the events table."""

import io
from collections.abc import Sequence

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.settings import TableName


def copy_events(
    connection: Connection, table: TableName, text: str, columns: Sequence[str]
) -> int:
    """Copy COPY text (whole lines, of these columns of the table) into the table.

    Runs inside the connection's transaction and does not commit. Returns the
    number of rows.
    """
    statement = sql.SQL("copy {} ({}) from stdin (encoding 'utf8')").format(
        sql.Identifier(table.schema, table.name),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
    )
    with connection.cursor() as cursor:
        # As bytes: psycopg2 would encode text as the connection does.
        data = io.BytesIO(text.encode())
        cursor.copy_expert(statement.as_string(cursor), data, size=1 << 20)
        rows: int = cursor.rowcount
    return rows


def vacuum_copied(connection: Connection, table: TableName) -> None:
    """Tell the planner what was copied, and index-only scans which pages to trust.

    Runs outside of any transaction, so after the copy's commit; skips a table that
    an index is being built on, or that is someone else's.
    """
    was_autocommit = connection.autocommit
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("vacuum (analyze, skip_locked) {}").format(
                sql.Identifier(table.schema, table.name)
            )
        )
    connection.autocommit = was_autocommit
