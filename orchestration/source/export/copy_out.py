"""Streams a day's events out of Postgres and into Parquet, in constant memory."""

from functools import partial

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.one_ahead import OneAhead
from orchestration.core.settings import TableName
from orchestration.source.export.day_file import DayFile
from orchestration.source.export.utc_days import Day, events_of

# Events are converted in chunks of about so much CSV.
CHUNK_BYTES = 1 << 20

# Both ends are what Spark's own reader makes of infinite times.
_COPY = sql.SQL("""
copy (
    select
        user_id, course_id, kind,
        case
            when performed_at < '0001-01-01' then timestamp '0001-01-01 00:00:00'
            when performed_at >= '10000-01-01' then timestamp '9999-12-31 23:59:59'
            else performed_at
        end,
        properties
    from {events} where {condition}
) to stdout (format csv, encoding 'utf8')
""")


class _Chunks:
    """The `write` that COPY asks for; a chunk is converted while the next one comes."""

    def __init__(self, file: DayFile, ahead: OneAhead) -> None:
        self._file = file
        self._ahead = ahead
        self._text = bytearray()

    def write(self, row: bytes, /) -> None:
        # libpq gives one whole row at a time.
        self._text += row
        if len(self._text) >= CHUNK_BYTES:
            self.convert()

    def convert(self) -> None:
        if self._text:
            self._ahead.do(partial(self._file.add, bytes(self._text)))
            self._text.clear()


def copy_day(connection: Connection, table: TableName, day: Day, file: DayFile) -> None:
    """Add the day's events to the file, in the connection's transaction.

    Raises OSError where the file cannot be written, and psycopg2's errors; the
    connection may be of no use then.
    """
    statement = _COPY.format(
        events=sql.Identifier(table.schema, table.name), condition=events_of(day)
    )
    with OneAhead() as ahead, connection.cursor() as cursor:
        chunks = _Chunks(file, ahead)
        cursor.copy_expert(statement.as_string(cursor), chunks)
        chunks.convert()
