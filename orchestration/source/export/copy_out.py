"""Streams a day's events out of Postgres and into Parquet, in constant memory."""

from functools import partial

from orchestration.core.connection import Connection
from orchestration.core.event_columns import event_columns
from orchestration.core.one_ahead import OneAhead
from orchestration.core.settings import TableName
from orchestration.source.export.day_file import DayFile
from orchestration.source.export.utc_days import Day, events_of

# Events are converted in chunks of about so much CSV.
CHUNK_BYTES = 1 << 20

# Both ends are what Spark's own reader makes of infinite times.
_COPY = """
copy (
    select
        {user_id}, {course_id}, kind,
        case
            when performed_at < '0001-01-01' then timestamp '0001-01-01 00:00:00'
            when performed_at >= '10000-01-01' then timestamp '9999-12-31 23:59:59'
            else performed_at
        end,
        properties
    from {events} as e where {condition}
) to stdout (format csv, encoding 'utf8')
"""


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
    columns = event_columns()
    statement = _COPY.format(
        user_id=_as_spark("user_id", columns.user_id_type),
        course_id=_as_spark("course_id", columns.course_id_type),
        events=columns.relation(table),
        condition=events_of(day),
    )
    with OneAhead() as ahead, connection.cursor() as cursor:
        chunks = _Chunks(file, ahead)
        cursor.copy_expert(statement, chunks)
        chunks.convert()


def _as_spark(column: str, kind: str) -> str:
    """Return an id as Spark finds it equal to what Postgres does: it has no citext."""
    return f"lower({column}::text)" if kind == "citext" else column
