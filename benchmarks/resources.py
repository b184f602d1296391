"""How much memory a run takes, and how much disk its tables take."""

import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.builds import OURS, RUN_AT, build
from benchmarks.measures import Measure
from benchmarks.memory import children, program, status, watched
from benchmarks.scratch import value
from benchmarks.sizes import sizes
from benchmarks.wall import run_dbt
from orchestration.core.connection import Connection

WHAT = {
    "memory": "most memory of a process, everything built anew",
    "memory_hourly": "the same, in an ordinary run",
    "disk": "tables and indexes, against the events with theirs",
}
_VARIABLES = {"memory": {"refresh": "start_over"}, "memory_hourly": {}}


def measure(bench: Bench) -> Iterator[Measure]:
    """Yield the memory of dbt and of the server's processes, then the disk."""
    build(bench.connection, OURS)
    for key, variables in _VARIABLES.items():
        if key in bench.wanted:
            yield _memory(bench, key, variables)
    if "disk" in bench.wanted:
        yield _disk(bench)


def _memory(bench: Bench, key: str, variables: dict[str, str]) -> Measure:
    if key == "memory_hourly":
        bench.next_hour(OURS.events)
    server = _server(bench.connection)
    with (
        tempfile.TemporaryDirectory(prefix="fast-dau-") as folder,
        watched(lambda: children(server), "RssAnon") as peaks,
    ):
        child = run_dbt(["run"], Path(folder), run_at=RUN_AT, **variables)
    largest = max(peaks.values(), default=None)
    note = f"dbt {child.peak_bytes / 1e6:,.0f} MB"
    if largest is not None:
        note += f", a process of Postgres {largest / 1e6:,.0f} MB of its own"
    bench.report(key, child.seconds)
    return Measure(
        key=key,
        what=WHAT[key],
        note=note,
        details={"dbt_bytes": child.peak_bytes, "postgres_process_bytes": largest},
    )


def _server(connection: Connection) -> int:
    """Return the server's process, our session's parent; 0: on another machine."""
    backend = int(value(connection, "select pg_backend_pid()"))
    is_here = program(backend).startswith("postgres")
    return status(backend, "PPid") if is_here else 0


def _disk(bench: Bench) -> Measure:
    events = sizes(bench.connection, OURS.events.schema)[OURS.events.name]
    rollup = sizes(bench.connection, OURS.schema)
    whole = sum(size.whole for size in rollup.values())
    return Measure(
        key="disk",
        what=WHAT["disk"],
        note=f"{whole / 1e6:,.0f} MB, of events {events.whole / 1e6:,.0f} MB: "
        f"{whole / events.whole:.0%}",
        details={
            "bytes": whole,
            "events": asdict(events),
            "tables": {name: asdict(size) for name, size in rollup.items()},
        },
    )
