"""Opens a file of events, whatever it is: CSV or Parquet, compressed or not."""

import io
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from orchestration.core.errors import UserError
from orchestration.source.loading.csv_file import CsvFile
from orchestration.source.loading.packed import unpacked
from orchestration.source.loading.records import EventFile, reading

PARQUET_MAGIC = b"PAR1"


@contextmanager
def open_events(path: Path, delimiter: str | None = None) -> Iterator[EventFile]:
    """Open the file; its first bytes, not its name, say what it is.

    `delimiter` is CSV's, a comma unless given. Raises UserError where the file cannot
    be read, or is not what its first bytes say.
    """
    with reading(str(path)):
        raw = path.open("rb", buffering=0)
    with raw:
        status = os.fstat(raw.fileno())
        is_file = stat.S_ISREG(status.st_mode)  # and no pipe
        with reading(str(path)):
            packed = io.BufferedReader(raw)
            content = unpacked(packed, str(path))
            stream = content or packed
            parquet = stream.peek(4)[:4] == PARQUET_MAGIC
        if not parquet:
            size = status.st_size if is_file else None
            yield CsvFile(stream, str(path), delimiter or ",", size, raw.tell)
            return
        if delimiter:
            raise UserError(f"{path} is Parquet: --delimiter is for CSV only.")
        # Only Parquet, which has its table of contents at its end, needs it: it takes
        # a quarter of a second to import.
        from orchestration.source.loading.parquet_file import ParquetFile  # noqa: PLC0415

        if is_file and content is None:
            yield ParquetFile(stream, str(path))
            return
        with tempfile.TemporaryFile() as seekable:
            with reading(str(path)):
                shutil.copyfileobj(stream, seekable)
            yield ParquetFile(cast("BinaryIO", seekable), str(path))
