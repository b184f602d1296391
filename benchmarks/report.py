"""Shows the measures: one table for people, or JSON for programs."""

from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.measures import Measure
from benchmarks.targets import Found, all_met, judged

_VERDICTS = {True: "[green]yes[/]", False: "[red]no[/]", None: ""}


def as_json(found: Found) -> dict[str, Any]:
    """Return the measures by key, with what is told from several of them."""
    return {key: _record(measure, found) for key, measure in found.items()}


def _record(measure: Measure, found: Found) -> dict[str, Any]:
    targets = judged(measure, found)
    return {
        "what": measure.what,
        "seconds": measure.seconds,
        "times_floor": _times_floor(measure, found),
        "rows": measure.rows,
        "wal_bytes": measure.wal_bytes,
        "target": "; ".join(target.text for target, _ in targets) or None,
        "figures": {target.text: figure for target, figure in targets},
        "met": all_met(measure, found),
        "note": measure.note,
        **measure.details,
    }


def show(found: Found, title: str) -> None:
    """Print the table; below a measure, its note."""
    table = Table(title=title, box=None, pad_edge=False)
    for heading in ("key", "what"):
        table.add_column(heading, overflow="fold")
    for heading in ("seconds", "× floor", "rows", "WAL MB"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("target (measured)")
    table.add_column("met")
    for measure in found.values():
        floors = _times_floor(measure, found)
        table.add_row(
            measure.key,
            measure.what + (f"\n[dim]{measure.note}[/]" if measure.note else ""),
            _seconds(measure.seconds),
            "" if floors is None else f"{floors:.3g}",
            "" if measure.rows is None else f"{measure.rows:,}",
            "" if measure.wal_bytes is None else f"{measure.wal_bytes / 1e6:.2f}",
            "\n".join(
                target.text + ("" if figure is None else f" ({figure:.3g})")
                for target, figure in judged(measure, found)
            ),
            _VERDICTS[all_met(measure, found)],
        )
    Console().print(table)


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds:.2f}" if seconds >= 1 else f"{seconds:.2g}"


def _times_floor(measure: Measure, found: Found) -> float | None:
    floor = found["floor"].seconds if "floor" in found else None
    return measure.seconds / floor if measure.seconds and floor else None
