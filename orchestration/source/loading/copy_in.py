"""Streams rows into a table through COPY, in constant memory."""

from collections.abc import Iterator

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.settings import TableName

COLUMNS = ("user_id", "course_id", "kind", "performed_at", "properties")


class _ChunkReader:
    """The `read` that COPY asks for, fed by an iterator of text chunks."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self._rest = b""
        self.error: BaseException | None = None

    def read(self, size: int = -1, /) -> bytes:
        try:
            while not self._rest:
                self._rest = next(self._chunks).encode()
        except StopIteration:
            return b""
        except BaseException as error:
            # psycopg2 would turn it into a COPY failure and lose its type.
            self.error = error
            raise
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def copy_events(connection: Connection, table: TableName, chunks: Iterator[str]) -> int:
    """Copy chunks of COPY text (whole lines, columns as `COLUMNS`) into the table.

    Runs inside the connection's transaction and does not commit. Returns the
    number of rows. An error raised by `chunks` reaches the caller as it is.
    """
    reader = _ChunkReader(chunks)
    statement = sql.SQL("copy {} ({}) from stdin (encoding 'utf8')").format(
        sql.Identifier(table.schema, table.name),
        sql.SQL(", ").join(map(sql.Identifier, COLUMNS)),
    )
    with connection.cursor() as cursor:
        try:
            cursor.copy_expert(
                statement.as_string(cursor),
                reader,  # type: ignore[arg-type]  # COPY never calls readline
                size=1 << 20,
            )
        except Exception:
            if reader.error is not None:
                raise reader.error from None
            raise
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
