"""Whether the events table keeps times as they are in a file."""

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.settings import TableName

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
