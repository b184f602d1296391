"""Shows what each way costs: a table for people or for a page, or JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.forms import Form, figure, markdown_table
from benchmarks.freshness.costs import Cost
from benchmarks.freshness.triggers import TriggerCosts
from benchmarks.machine import Machine
from benchmarks.scratch import DAYS

HEADINGS = (
    "way to be fresh",
    "events a day",
    "oldest number",
    "times a day",
    "server CPU s a day",
    "dbt CPU s a day",
    "rows written a day",
    "WAL MB a day",
    "dead rows a day",
)
_WIDTH = 160  # the table needs as much, also where it goes into a file
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


@dataclass(frozen=True)
class Found:
    """What was measured after a history of so many events, and on what."""

    events: int
    machine: Machine
    triggers: TriggerCosts
    costs: Sequence[Cost]

    def title(self) -> str:
        """Return the history and the machine in a line."""
        return f"After {self.events:,} events of {DAYS} days, {self.machine}"


def show(found: Found, form: Form) -> None:
    """Print it."""
    if form is Form.JSON:
        print(json.dumps(asdict(found), indent=2))
    elif form is Form.MARKDOWN:
        table = markdown_table(HEADINGS, map(cells, found.costs))
        print(f"{found.title()}:\n\n{table}\n\n{found.triggers}")
    else:
        _show_table(found)


def cells(cost: Cost) -> tuple[str, ...]:
    """Return a line of the table; a blank is what a way does not have."""
    return (
        cost.way,
        f"{cost.events:,}",
        "" if cost.oldest_seconds is None else duration(cost.oldest_seconds),
        figure(cost.times),
        figure(cost.server_cpu_seconds),
        figure(cost.dbt_cpu_seconds),
        figure(cost.rows),
        figure(cost.wal_bytes / 1e6),
        figure(cost.dead_rows),
    )


def duration(seconds: float) -> str:
    """Return a time in its two largest units, such as `1 h 2 min`; below 60 s in s."""
    if seconds < 60:  # noqa: PLR2004  # a minute
        return f"{figure(seconds)} s"
    left = round(seconds)
    parts: list[str] = []
    for size, unit in (*_UNITS, (1, "s")):
        number, left = divmod(left, size)
        if number or parts:
            parts.append(f"{number} {unit}")
    return " ".join(part for part in parts[:2] if not part.startswith("0 "))


def _show_table(found: Found) -> None:
    console = Console(width=max(_WIDTH, Console().width), highlight=False)
    table = Table(title=found.title(), box=None, pad_edge=False)
    table.add_column(HEADINGS[0])
    for heading in HEADINGS[1:]:
        table.add_column(heading, justify="right")
    for cost in found.costs:
        table.add_row(*cells(cost))
    console.print(table)
    console.print(str(found.triggers))
