"""A day's Parquet file: written as the events come, and known again by its footer."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
from pyarrow import csv
from pyarrow import parquet as pq

from orchestration.core.event_columns import EventColumns, event_columns

# Other types of users and courses are text to Spark.
_ID_TYPES = {"smallint": pa.int16(), "integer": pa.int32(), "bigint": pa.int64()}

# Spark reads row groups in parallel; each is in memory while it is collected.
ROW_GROUP_BYTES = 64 << 20

_AS_OF = b"fast_dau.as_of"


@dataclass(frozen=True)
class Finished:
    """A file that is complete: its events, and the time that they are as of."""

    rows: int
    bytes: int
    as_of: datetime


def finished(path: Path) -> Finished | None:
    """Return what the file says of itself; None where it is missing or not of ours."""
    try:
        footer = pq.read_metadata(path)
        as_of = datetime.fromisoformat((footer.metadata or {})[_AS_OF].decode())
    except (FileNotFoundError, KeyError, pa.ArrowInvalid):
        return None
    return Finished(footer.num_rows, path.stat().st_size, as_of)


class DayFile:
    """A file to add events to; complete, with `rows`, once its block has ended well."""

    def __init__(self, path: Path, as_of: datetime) -> None:
        types = _types(event_columns())
        schema = pa.schema(types, {_AS_OF: as_of.isoformat()})
        self._names = schema.names
        self._conversion = csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            strings_can_be_null=True,
            # As Postgres writes it: null is nothing, an empty text is two quotes.
            quoted_strings_can_be_null=False,
        )
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._waiting: list[pa.Table] = []
        self._waiting_bytes = 0
        self.rows = 0

    def add(self, text: bytes) -> None:
        """Add events, whole lines of Postgres' CSV. Raises OSError as files do."""
        events = csv.read_csv(
            BytesIO(text),
            # One block: a line may be as long as it likes.
            read_options=csv.ReadOptions(
                column_names=self._names, block_size=len(text)
            ),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=self._conversion,
        )
        self.rows += events.num_rows
        self._waiting.append(events)
        self._waiting_bytes += events.nbytes
        if self._waiting_bytes >= ROW_GROUP_BYTES:
            self._write_row_group()

    def _write_row_group(self) -> None:
        group = pa.concat_tables(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        self._writer.write_table(group, row_group_size=group.num_rows)

    def __enter__(self) -> Self:
        """Return the file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what is left, unless something failed, and close the file."""
        if error is None and self._waiting:
            self._write_row_group()
        self._writer.close()


def _types(columns: EventColumns) -> dict[str, pa.DataType]:
    return {
        "user_id": _ID_TYPES.get(columns.user_id_type, pa.string()),
        "course_id": _ID_TYPES.get(columns.course_id_type, pa.string()),
        "kind": pa.string(),
        "performed_at": pa.timestamp("us"),
        "properties": pa.string(),
    }
