"""Copies rows into the events table, which must keep them as they are."""

import io

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.settings import TableName

COLUMNS = ("user_id", "course_id", "kind", "performed_at", "properties")


_DIGITS = """
select atttypmod from pg_attribute
where attrelid = to_regclass(format('%%I.%%I', %s, %s)) and attname = 'performed_at'
"""
_ALL_DIGITS = 6


def refuse_rounded_times(connection: Connection, table: TableName) -> None:
    """Raise UserError where the table rounds times, some of them to the next day."""
    with connection.cursor() as cursor:
        cursor.execute(_DIGITS, (table.schema, table.name))
        ((digits,),) = cursor.fetchall()
    if 0 <= digits < _ALL_DIGITS:
        raise UserError(
            f"performed_at of {table} is timestamp({digits}), which rounds times, "
            "those just before midnight into the next day: `alter table "
            f"{table} alter performed_at type timestamp` keeps them, and rewrites "
            "nothing. Nothing was loaded."
        )


def copy_events(connection: Connection, table: TableName, text: str) -> int:
    """Copy COPY text (whole lines, columns as `COLUMNS`) into the table.

    Runs inside the connection's transaction and does not commit. Returns the
    number of rows.
    """
    statement = sql.SQL("copy {} ({}) from stdin (encoding 'utf8')").format(
        sql.Identifier(table.schema, table.name),
        sql.SQL(", ").join(map(sql.Identifier, COLUMNS)),
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
