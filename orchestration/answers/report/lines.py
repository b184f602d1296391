"""Charts of one or two lines by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.answers.charts.by_day import draw_line, label_days
from orchestration.answers.charts.legend import draw_legend
from orchestration.answers.charts.units import Unit
from orchestration.answers.report.chart import STYLE, Chart, chart, points
from orchestration.answers.report.html_table import by_day
from orchestration.answers.report.numbers import Numbers, Row
from orchestration.answers.words import long_day, number

_LINES = ("-", "--")


@dataclass(frozen=True)
class Lines:
    """A chart of these columns by day, of one unit.

    `columns`: those of the table behind it, by their headings.
    """

    name: str
    heading: str
    drawn: Mapping[str, str]
    unit: Unit
    columns: Mapping[str, str]


def line_chart(lines: Lines, numbers: Numbers, rows: Sequence[Row]) -> Chart:
    """Return the chart of these days, one line per column that is drawn."""

    def draw(axes: Any) -> None:
        for (column, label), color, line in zip(
            lines.drawn.items(), STYLE.series, _LINES, strict=False
        ):
            drawn = points(rows, column)
            draw_line(axes, drawn, color, label=label, line=line)
        days = [row["activity_date"] for row in rows]
        label_days(axes, days, lines.unit, STYLE.ticks)
        if len(lines.drawn) > 1:
            draw_legend(axes)

    says = " ".join(
        _said(label, column, numbers, rows) for column, label in lines.drawn.items()
    )
    table = by_day(rows, lines.columns)
    return chart(lines.name, lines.heading, says, table, draw)


def _said(label: str, column: str, numbers: Numbers, rows: Sequence[Row]) -> str:
    """Return the last full day's number, and the least and most of all full days."""
    full = [row for row in rows if row["is_complete"] and row[column] is not None]
    if not full:
        return f"{label}: no full day has one yet."

    def told(row: Row) -> str:
        return f"{number(row[column])} on {long_day(row['activity_date'])}"

    last = numbers.on(numbers.last_full)
    now = f"{told(last)}; " if last is not None and last in full else ""
    least = min(full, key=lambda row: row[column])
    most = max(full, key=lambda row: row[column])
    return f"{label}: {now}lowest {told(least)}, highest {told(most)}."
