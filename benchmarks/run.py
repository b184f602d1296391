"""Measures everything that is promised of speed and size, on the same events.

Makes its own database, `fast_dau_bench`, on the server in use, and drops it at the
end. All figures of one run are medians of repetitions in turns, and quoted as ratios.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from benchmarks import (
    bloat,
    disk,
    full,
    hourly,
    ingest,
    late,
    product,
    reads,
    report,
    uuids,
    wall,
)
from benchmarks.bench import Bench
from benchmarks.forms import Form
from benchmarks.machine import Machine, machine
from benchmarks.measures import Measure
from benchmarks.rivals import columnar
from benchmarks.scratch import DAYS, fill, scratch_database, wanted_events
from benchmarks.targets import Found
from orchestration.core.errors import UserError
from orchestration.core.statements import failures

# In this order: each group finds the tables as the ones before have left them.
GROUPS: dict[Callable[[Bench], Iterator[Measure]], tuple[str, ...]] = {
    full.measure: tuple(full.WHAT),
    hourly.measure: tuple(hourly.WHAT),
    uuids.measure: tuple(uuids.WHAT),
    product.measure: tuple(product.WHAT),
    columnar.measure: tuple(columnar.WHAT),
    reads.measure: tuple(reads.WHAT),
    wall.measure: tuple(wall.WHAT),
    late.measure: tuple(late.WHAT),
    disk.measure: tuple(disk.WHAT),
    ingest.measure: tuple(ingest.WHAT),
    bloat.measure: tuple(bloat.WHAT),
}
KEYS = tuple(key for keys in GROUPS.values() for key in keys)
_MOST_REPETITIONS = 5  # there are 23 hours in the last day to come one by one

app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def run(
    form: Annotated[Form, typer.Option("--format")] = Form.TABLE,
    repeat: Annotated[
        int, typer.Option(min=1, max=_MOST_REPETITIONS, help="Repetitions.")
    ] = 3,
    only: Annotated[
        str, typer.Option(help="Keys of the wanted measures, with commas between.")
    ] = ",".join(KEYS),
) -> None:
    """Run the benchmark at the size in EVENTS (default 10,000,000)."""
    events = wanted_events()
    wanted = _wanted(only)
    columnar.require_engines(wanted)
    with failures("The benchmark"), scratch_database() as connection:
        fill(connection, events)
        bench = Bench(connection, events, repeat, wanted)
        bench.hold_back(hours=4 * repeat)
        found = {m.key: m for m in _measures(bench)}
        _print(found, events, machine(connection), form)


def _measures(bench: Bench) -> Iterator[Measure]:
    for measure, keys in GROUPS.items():
        if bench.wanted.intersection(keys):
            yield from measure(bench)


def _print(found: Found, events: int, measured_on: Machine, form: Form) -> None:
    title = f"{events:,} events over {DAYS} days, {measured_on}"
    if form is Form.TABLE:
        report.show(found, title)
    elif form is Form.MARKDOWN:
        print(report.as_markdown(found, title))
    else:
        record = {"events": events, "days": DAYS, "machine": asdict(measured_on)}
        print(json.dumps(record | {"measures": report.as_json(found)}, indent=2))


def _wanted(only: str) -> frozenset[str]:
    wanted = frozenset(only.split(","))
    if unknown := wanted.difference(KEYS):
        raise UserError(
            f"--only names {', '.join(sorted(unknown))}: choose from {', '.join(KEYS)}."
        )
    return wanted


def main() -> None:
    """Run the command line; a user's mistake ends in one sentence, not a traceback."""
    try:
        app()
    except UserError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
