"""DuckDB and ClickHouse (chdb) on a Parquet file of the same valid events."""

import json
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet

from benchmarks.bench import Bench
from benchmarks.builds import OURS, RUN_AT, build
from benchmarks.children import run_child
from benchmarks.measures import Measure, Sample, measured
from benchmarks.scratch import rows
from orchestration.core.connection import Connection
from orchestration.core.errors import Failure, UserError

WHAT = {
    "duckdb": "DuckDB: DAU and retention of all days, from Parquet",
    "chdb": "ClickHouse (chdb): the same, from the same file",
}
_CHUNK_BYTES = 64 << 20
_SCHEMA = pa.schema(
    [
        pa.field("user_id", pa.int32(), nullable=False),
        pa.field("performed_at", pa.timestamp("us"), nullable=False),
    ]
)

# Only valid events, so that the engines need no filter.
_EVENTS = f"""
copy (
    select user_id, performed_at from {OURS.events}
    where
        user_id is not null
        and performed_at >= '2000-01-01'
        and performed_at <= timestamp '{RUN_AT}' + interval '5 minutes'
) to stdout (format csv)
"""
_OURS = f"""
select
    activity_date::text, dau, returning_users,
    returning_d1, returning_d2, returning_d3, returning_d4,
    returning_d5, returning_d6, returning_d7
from {OURS.schema}.daily_retention
where dau > 0
order by activity_date
"""


def require_engines(wanted: frozenset[str]) -> None:
    """Raise UserError where a wanted engine is not installed."""
    if missing := [name for name in WHAT if name in wanted and not find_spec(name)]:
        raise UserError(
            f"{' and '.join(missing)} not installed: use `make bench`, which installs "
            "what it compares with, or name other measures with --only."
        )


def measure(bench: Bench) -> Iterator[Measure]:
    """Yield each engine's measure; its results are compared with ours."""
    build(bench.connection, OURS)
    ours = [list(row) for row in rows(bench.connection, _OURS)]
    peaks = dict.fromkeys(WHAT, 0)
    with tempfile.TemporaryDirectory(prefix="fast-dau-") as folder:
        path = Path(folder) / "events.parquet"
        export(bench.connection, path)

        def ask(engine: str) -> Sample:
            child = run_child(
                [sys.executable, "-m", "benchmarks.rivals.engines", engine, str(path)]
            )
            answer = json.loads(child.output)
            if answer["rows"] != ours:
                raise Failure(f"{engine} does not count what our tables have.")
            peaks[engine] = max(peaks[engine], child.peak_bytes)
            return Sample(answer["seconds"])

        taken = bench.alternate(
            {"duckdb": lambda: ask("duckdb"), "chdb": lambda: ask("chdb")}
        )
        size = path.stat().st_size
    for key, samples in taken.items():
        note = (
            f"{peaks[key] / 1e6:,.0f} MB of memory; the file is of {size / 1e6:,.0f} MB"
        )
        yield measured(key, WHAT[key], samples, note, peak_bytes=peaks[key])


def export(connection: Connection, path: Path) -> None:
    """Write the valid events to a Parquet file, in constant memory."""
    with parquet.ParquetWriter(path, _SCHEMA, compression="zstd") as writer:
        chunks = _Chunks(writer)
        with connection.cursor() as cursor:
            cursor.copy_expert(_EVENTS, chunks)
        chunks.flush()


class _Chunks(BytesIO):
    """What COPY writes to, a line at a time: turns much of it into Parquet at once."""

    def __init__(self, writer: parquet.ParquetWriter) -> None:
        super().__init__()
        self._writer = writer

    def write(self, line: bytes, /) -> int:  # type: ignore[override]
        written = super().write(line)
        if self.tell() >= _CHUNK_BYTES:
            self.flush()
        return written

    def flush(self) -> None:
        if self.tell():
            self.seek(0)
            names = csv.ReadOptions(column_names=_SCHEMA.names)
            types = csv.ConvertOptions(column_types=_SCHEMA)
            table = csv.read_csv(self, names, convert_options=types)
            self._writer.write_table(table.cast(_SCHEMA))
            self.seek(0)
            self.truncate()
