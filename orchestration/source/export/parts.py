"""A day's Parquet files: written as the events come, none of them too large."""

from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv
from pyarrow import parquet as pq

_TYPES: dict[str, pa.DataType] = {
    "user_id": pa.int32(),
    "course_id": pa.int32(),
    "kind": pa.string(),
    "performed_at": pa.timestamp("us"),
    "properties": pa.string(),
}
SCHEMA = pa.schema(_TYPES)

# Spark reads row groups in parallel; each is in memory while it is collected.
ROW_GROUP_BYTES = 64 << 20
PART_BYTES = 256 << 20

_CONVERSION = csv.ConvertOptions(
    column_types=_TYPES,
    null_values=[""],
    strings_can_be_null=True,
    # As Postgres writes it: null is nothing, an empty text is two quotes.
    quoted_strings_can_be_null=False,
)


class Parts:
    """The files of one day, in a folder that is there; `rows` and `bytes` so far."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._file: BinaryIO | None = None
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pa.Table] = []
        self._waiting_bytes = 0
        self.rows = 0
        self.bytes = 0

    def add(self, text: bytes) -> None:
        """Add events, whole lines of Postgres' CSV. Raises OSError as files do."""
        events = csv.read_csv(
            BytesIO(text),
            # One block: a line may be as long as it likes.
            read_options=csv.ReadOptions(
                column_names=SCHEMA.names, block_size=len(text)
            ),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=_CONVERSION,
        )
        self._waiting.append(events)
        self._waiting_bytes += events.nbytes
        self.rows += events.num_rows
        if self._waiting_bytes >= ROW_GROUP_BYTES:
            self._write_row_group()

    def close(self) -> None:
        """Write what is left; the files are then complete."""
        if self._waiting:
            self._write_row_group()
        self._end_file()

    def abandon(self) -> None:
        """Close the file that is open, complete or not."""
        if self._file is not None:
            self._file.close()

    def _write_row_group(self) -> None:
        if self._writer is None or self._file is None:
            self._file = (self._folder / f"part-{self._count}.parquet").open("wb")
            self._writer = pq.ParquetWriter(self._file, SCHEMA, compression="zstd")
            self._count += 1
        group = pa.concat_tables(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        self._writer.write_table(group, row_group_size=group.num_rows)
        if self._file.tell() >= PART_BYTES:
            self._end_file()

    def _end_file(self) -> None:
        if self._writer is None or self._file is None:
            return
        self._writer.close()
        self.bytes += self._file.tell()
        self._file.close()
        self._writer = self._file = None
