"""How much memory a run takes, and how much disk its tables take."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.builds import OURS, RUN_AT, build
from benchmarks.measures import Measure
from benchmarks.scratch import value
from benchmarks.sizes import sizes
from benchmarks.wall import run_dbt

WHAT = {
    "memory": "most memory of a process, everything built anew",
    "memory_hourly": "the same, in an ordinary run",
    "disk": "tables and indexes, against the events with theirs",
}
_VARIABLES = {"memory": {"refresh": "start_over"}, "memory_hourly": {}}
_SAMPLES_A_SECOND = 50


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
    backend = int(value(bench.connection, "select pg_backend_pid()"))
    with (
        tempfile.TemporaryDirectory(prefix="fast-dau-") as folder,
        _peaks(backend) as peaks,
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


@contextmanager
def _peaks(backend: int) -> Iterator[dict[int, int]]:
    """Yield the most private memory seen so far of each process of the server.

    The server is the parent of our session's process. Nothing is seen where it runs
    on another machine, or where there is no /proc.
    """
    peaks: dict[int, int] = {}
    stop = threading.Event()

    def watch(postmaster: int) -> None:
        while not stop.wait(1 / _SAMPLES_A_SECOND):
            for process in _children(postmaster):
                seen = _status(process, "RssAnon") << 10
                peaks[process] = max(peaks.get(process, 0), seen)

    # The process of that number may be another one, of this machine.
    name = Path(f"/proc/{backend}/comm")
    is_here = name.exists() and name.read_text().startswith("postgres")
    server = _status(backend, "PPid") if is_here else 0
    thread = threading.Thread(target=watch, args=[server])
    thread.start()
    try:
        yield peaks
    finally:
        stop.set()
        thread.join()


def _children(process: int) -> list[int]:
    try:
        path = Path(f"/proc/{process}/task/{process}/children")
        return [int(child) for child in path.read_text().split()]
    except OSError:
        return []


def _status(process: int, name: str) -> int:
    """Return a number (memory in KB) that /proc has of a process; 0: it is gone."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    found = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(found[0]) if found else 0


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
