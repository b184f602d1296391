"""Forms in which a benchmark prints: for people, for programs, and for a page."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum


class Form(StrEnum):
    """What `--format` takes; `markdown` can be pasted into a page as it is."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of which all columns but the first are numbers."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def figure(number: float | None) -> str:
    """Return three digits of a number, never with an exponent; nothing for None."""
    return "" if number is None else format(Decimal(f"{number:.3g}"), ",f")
