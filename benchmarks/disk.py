"""How much disk the tables and their indexes take, beside the events with theirs."""

from collections.abc import Iterator
from dataclasses import asdict

from benchmarks.bench import Bench
from benchmarks.builds import OURS, build
from benchmarks.measures import Measure
from benchmarks.sizes import sizes

WHAT = {"disk": "tables and indexes, against the events with theirs"}


def measure(bench: Bench) -> Iterator[Measure]:
    """Yield the measure."""
    build(bench.connection, OURS)
    events = sizes(bench.connection, OURS.events.schema)[OURS.events.name]
    rollup = sizes(bench.connection, OURS.schema)
    whole = sum(size.whole for size in rollup.values())
    yield Measure(
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
