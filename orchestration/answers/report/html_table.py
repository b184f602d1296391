"""Tables of the report: the numbers behind a chart, and those of the last days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.answers.report.numbers import Row
from orchestration.answers.words import marked_day, number


@dataclass(frozen=True)
class Table:
    """Headings and cells as they are shown; the first of each row is its heading."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def by_day(rows: Sequence[Row], columns: Mapping[str, str]) -> Table:
    """Return a row per day, the newest first; * and † mark it as the footnotes say.

    `columns`: those of the rows, by their headings.
    """
    return Table(
        ["Day", *columns],
        [
            [marked_day(row), *(number(row[column]) for column in columns.values())]
            for row in reversed(rows)
        ],
    )
