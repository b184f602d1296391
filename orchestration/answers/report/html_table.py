"""Tables of the report: the numbers behind a chart, and those of the last days."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from orchestration.answers.report.numbers import Row

Column = Callable[[Row], str]


@dataclass(frozen=True)
class Table:
    """Headings and cells as they are shown; the first of each row is its heading."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def by_day(rows: Sequence[Row], columns: Mapping[str, Column]) -> Table:
    """Return a row per day, the newest first; * and † mark it as the footnotes say."""
    return Table(
        ["Day", *columns],
        [
            [marked_day(row), *(column(row) for column in columns.values())]
            for row in reversed(rows)
        ],
    )


def marked_day(row: Row) -> str:
    """Return a row's day, * where it is not over, † where it has too little before."""
    mark = "" if row["is_complete"] else " *"
    mark += " †" if row["lookback_complete"] is False else ""
    return f"{row['activity_date']:%Y-%m-%d %a}{mark}"
