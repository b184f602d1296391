"""Shows the measures: one table for people or for a page, or JSON for programs."""

from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.forms import figure, markdown_table
from benchmarks.measures import Measure
from benchmarks.targets import Found, Judgement, judge

_WIDTH = 130  # the table needs as much, also where it goes into a file
_VERDICTS = {True: "[green]yes[/]", False: "[red]no[/]", None: ""}


def as_json(found: Found) -> dict[str, Any]:
    """Return the measures by key, with what is told from several of them."""
    return {key: _record(measure, found) for key, measure in found.items()}


def _record(measure: Measure, found: Found) -> dict[str, Any]:
    judgements = judge(measure, found)
    return {
        "what": measure.what,
        "seconds": measure.seconds,
        "times_floor": _times_floor(measure, found),
        "rows": measure.rows,
        "wal_bytes": measure.wal_bytes,
        "target": "; ".join(each.target for each in judgements) or None,
        "met": _all_met(judgements),
        "figures": {each.target: each.figure for each in judgements},
        "note": measure.note,
        **measure.details,
    }


def _all_met(judgements: list[Judgement]) -> bool | None:
    """Tell whether every target is met; None: there is none, or one is not judged."""
    met = {each.is_met for each in judgements}
    if False in met:
        return False
    return True if met == {True} else None


def as_markdown(found: Found, title: str) -> str:
    """Return a line with the title, and a table of what was measured in seconds."""
    rows = [
        (each.what, figure(each.seconds), figure(_times_floor(each, found)))
        for each in found.values()
        if each.seconds
    ]
    headings = ("what it measures", "seconds", "× the floor")
    return f"{title}:\n\n{markdown_table(headings, rows)}"


def show(found: Found, title: str) -> None:
    """Print the table, and the notes below it."""
    console = Console(width=max(_WIDTH, Console().width), highlight=False)
    table = Table(title=title, box=None, pad_edge=False)
    table.add_column("key", no_wrap=True)
    table.add_column("what")
    for heading in ("seconds", "× floor", "rows", "WAL MB"):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("target (measured)", "met"):
        table.add_column(heading, no_wrap=True)
    for measure in found.values():
        floors = _times_floor(measure, found)
        judgements = judge(measure, found)
        table.add_row(
            measure.key,
            measure.what,
            figure(measure.seconds),
            figure(floors),
            "" if measure.rows is None else f"{measure.rows:,}",
            "" if measure.wal_bytes is None else f"{measure.wal_bytes / 1e6:.2f}",
            "\n".join(_judged(each) for each in judgements),
            "\n".join(_VERDICTS[each.is_met] for each in judgements),
        )
    console.print(table)
    for measure in found.values():
        if measure.note:
            console.print(f"[dim]{measure.key}: {measure.note}[/]")


def _judged(judgement: Judgement) -> str:
    shown = figure(judgement.figure)
    return f"{judgement.target} ({shown})" if shown else judgement.target


def _times_floor(measure: Measure, found: Found) -> float | None:
    floor = found["floor"].seconds if "floor" in found else None
    return measure.seconds / floor if measure.seconds and floor else None
