"""DuckDB and ClickHouse (chdb) on a Parquet file of the same valid events."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
from pyarrow import dataset as ds
from pyarrow import parquet

from benchmarks.bench import Bench
from benchmarks.builds import OURS, RUN_AT, build
from benchmarks.children import run_child
from benchmarks.measures import Measure, Sample, measured
from benchmarks.scratch import rows
from orchestration.core.connection import connect
from orchestration.core.errors import Failure, UserError
from orchestration.source.export.export import export_events
from orchestration.source.export.utc_days import Span

WHAT = {
    "duckdb": "DuckDB: DAU and retention of all days, from Parquet",
    "chdb": "ClickHouse (chdb): the same, from the same file",
}
_SCHEMA = pa.schema(
    [
        pa.field("user_id", pa.int32(), nullable=False),
        pa.field("performed_at", pa.timestamp("us"), nullable=False),
    ]
)

_EARLIEST = datetime.fromisoformat("2000-01-01")
_LATEST = datetime.fromisoformat(RUN_AT) + timedelta(minutes=5)

# Only valid events, so that the engines need no filter.
_VALID = (
    parquet.filters_to_expression(
        [("performed_at", ">=", _EARLIEST), ("performed_at", "<=", _LATEST)]
    )
    & ds.field("user_id").is_valid()
)
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
    with tempfile.TemporaryDirectory(prefix="fast-dau-") as folder:
        path = Path(folder) / "events.parquet"
        export(path)

        def ask(engine: str) -> Sample:
            child = run_child(
                [sys.executable, "-m", "benchmarks.rivals.engines", engine, str(path)]
            )
            answer = json.loads(child.output)
            if answer["rows"] != ours:
                raise Failure(f"{engine} does not count what our tables have.")
            return Sample(answer["seconds"])

        taken = bench.alternate(
            {"duckdb": lambda: ask("duckdb"), "chdb": lambda: ask("chdb")}
        )
        size = path.stat().st_size
    for key, samples in taken.items():
        note = f"the file is of {size / 1e6:,.0f} MB"
        yield measured(key, WHAT[key], samples, note)


def export(path: Path) -> None:
    """Write the valid events to a Parquet file, in constant memory."""
    folder = path.parent / "days"
    with closing(connect(os.environ)) as connection:
        export_events(connection, OURS.events, folder, Span(), lambda *_: None)
    events = ds.dataset(folder).scanner(columns=_SCHEMA.names, filter=_VALID)
    with parquet.ParquetWriter(path, _SCHEMA, compression="zstd") as writer:
        for batch in events.to_batches():
            writer.write_batch(batch.cast(_SCHEMA))
