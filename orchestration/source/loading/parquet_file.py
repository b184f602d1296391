"""Reads Parquet in constant memory, as the Python values that fields.py takes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import compute as pc
from pyarrow import parquet as pq

from orchestration.core.errors import UserError
from orchestration.source.loading.fields import Rounded, Unreadable
from orchestration.source.loading.records import Batch, reading

# A batch has this many rows, or fewer where they are long.
BATCH_ROWS = 16_384
BATCH_BYTES = 8 << 20

# From here on, the short types of floats lack some whole numbers.
_ROUNDED_FROM = {pa.float16(): 2.0**11, pa.float32(): 2.0**24}


class ParquetFile:
    """Parquet; see records.EventFile. `total` is in rows."""

    unit = "row"

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.name = name
        self._rows = 0
        with self._reading():
            # Buffered, or whole column chunks would be in memory.
            # Times of 96 bits would be nanoseconds, of which 64 bits end in 2262.
            self._file = pq.ParquetFile(
                stream, buffer_size=1 << 20, coerce_int96_timestamp_unit="us"
            )
            self.header: list[str] = self._file.schema_arrow.names
            self.total: int | None = self._file.metadata.num_rows
        for column in self.header:
            if self.header.count(column) > 1:
                raise UserError(f"{name} has more than one column named {column}.")

    def position(self) -> int:
        """Return the rows read so far."""
        return self._rows

    def batches(self, columns: Mapping[str, str]) -> Iterator[Batch]:
        """Yield all records, without the columns that are not asked for."""
        with self._reading():
            batches = self._file.iter_batches(
                batch_size=self._batch_rows(), columns=list(columns.values())
            )
        while True:
            with self._reading():
                batch = next(batches, None)
                if batch is None:
                    return
                cells = {
                    ours: _cells(batch.column(batch.schema.get_field_index(theirs)))
                    for ours, theirs in columns.items()
                }
            first = self._rows + 1
            self._rows += batch.num_rows
            yield Batch(cells, range(first, first + batch.num_rows))

    def _batch_rows(self) -> int:
        metadata = self._file.metadata
        groups = range(metadata.num_row_groups)
        size = sum(metadata.row_group(i).total_byte_size for i in groups)
        fitting = BATCH_BYTES * metadata.num_rows // max(size, 1)
        return max(1, min(BATCH_ROWS, fitting))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with reading(self.name):
            try:
                yield
            except (pa.ArrowException, OSError) as error:
                # Arrow's own errors are OSErrors too, without the system's number.
                if isinstance(error, OSError) and error.errno is not None:
                    raise
                reason = " ".join(str(error).split()).rstrip(".")
                raise UserError(f"{self.name} is damaged Parquet: {reason}.") from None


def _cells(column: "pa.Array[Any]") -> list[Any]:
    """Return the column's cells: text, also of integers and times, or Python values."""
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    if isinstance(column.type, pa.TimestampType):
        column = _time_texts(column)
    elif pa.types.is_integer(column.type):
        column = column.cast(pa.string())
    if column.type in _ROUNDED_FROM:
        first = _ROUNDED_FROM[column.type]
        return [
            cell if cell is None or abs(cell) < first else Rounded(cell)
            for cell in column.to_pylist()
        ]
    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    try:
        if is_text:
            return column.fill_null("").to_pylist()
        return column.to_pylist(maps_as_pydicts="strict")
    except (ValueError, KeyError, OverflowError, pa.ArrowException):
        return [_cell(scalar) for scalar in column]


def _time_texts(column: Any) -> Any:
    """Return times as text, in UTC where they have a zone; cut to microseconds."""
    unit = column.type.unit
    naive = column.cast(pa.int64()).cast(pa.timestamp(unit))
    if unit == "ns":
        naive = pc.floor_temporal(naive, unit="microsecond").cast(pa.timestamp("us"))
    return naive.cast(pa.string())


def _cell(scalar: "pa.Scalar[Any]") -> Any:
    try:
        return scalar.as_py(maps_as_pydicts="strict")
    except (ValueError, KeyError, OverflowError, pa.ArrowException) as error:
        return Unreadable(f"({error})")
