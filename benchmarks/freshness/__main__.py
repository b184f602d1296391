"""Measures what each way to keep the numbers fresh costs in a day.

Makes its own database, `fast_dau_bench`, on the server in use, and drops it at the
end. What one run costs is the median of real ones; a day is as many of these as it has.
"""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.forms import Form
from benchmarks.freshness.arrivals import DAY
from benchmarks.freshness.measuring import DAYS_OF_A_RATE, MOST_REPETITIONS, Measuring
from benchmarks.freshness.meter import Meter
from benchmarks.freshness.table import Found, show
from benchmarks.freshness.triggers import measure_triggers
from benchmarks.machine import machine
from benchmarks.scratch import fill, scratch_database, wanted_events
from orchestration.core.errors import UserError
from orchestration.core.statements import failures

RATES = (100_000, 10_000_000)

app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def run(
    form: Annotated[Form, typer.Option("--format")] = Form.TABLE,
    repeat: Annotated[
        int, typer.Option(min=1, max=MOST_REPETITIONS, help="Repetitions.")
    ] = 3,
    rates: Annotated[
        str, typer.Option(help="Numbers of events a day, with commas between.")
    ] = ",".join(map(str, RATES)),
) -> None:
    """Measure after a history of the size in EVENTS (default 10,000,000)."""
    events, wanted = wanted_events(), _wanted(rates)
    with (
        failures("The benchmark"),
        scratch_database() as connection,
        tempfile.TemporaryDirectory(prefix="fast-dau-") as folder,
    ):
        meter = Meter(connection)
        triggers = measure_triggers(connection, meter, repeat)
        # The first rate is measured on yesterday, the next ones on days to come: by the
        # server's clock, which the change log obeys, their events are not late.
        first_day = datetime.now(UTC).date() - DAYS_OF_A_RATE * DAY
        fill(connection, events, end=first_day - DAY)
        console = Console(stderr=True)
        measuring = Measuring(connection, meter, Path(folder), repeat, console)
        costs = [
            cost
            for number, rate in enumerate(wanted)
            for cost in measuring.costs(
                rate, first_day + number * DAYS_OF_A_RATE * DAY, triggers
            )
        ]
        found = Found(events, machine(connection), triggers, costs)
    show(found, form)


def _wanted(rates: str) -> list[int]:
    """Return the rates, the smallest first: its events add least to the history."""
    texts = rates.split(",")
    if not all(text.isdecimal() and int(text) for text in texts):
        raise UserError(f"--rates is {rates!r}: give whole numbers, such as 100000.")
    return sorted(map(int, texts))


def main() -> None:
    """Run the command line; a user's mistake ends in one sentence, not a traceback."""
    try:
        app()
    except UserError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
