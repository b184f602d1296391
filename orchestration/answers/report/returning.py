"""The charts of returning users: their share by day, and on each of the days before."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from orchestration.answers.charts.legend import draw_legend
from orchestration.answers.charts.units import Unit
from orchestration.answers.report.chart import STYLE, Chart, chart
from orchestration.answers.report.html_table import Table
from orchestration.answers.report.lines import Lines, line_chart
from orchestration.answers.report.numbers import Numbers, Row
from orchestration.answers.words import count, long_day, ratio

_BACK = range(1, 8)
_WHAT = ("users", "share")
# Users of some days, and those of them who were there on D-1 to D-7.
_Counts = tuple[int, list[int]]
_SHARE = Lines(
    "returning",
    "Returning users",
    {"retention_rate": "Share of DAU"},
    Unit.SHARE,
    {"DAU": "dau", "Returning": "returning_users", "Share": "retention_rate"},
)


def returning_charts(numbers: Numbers) -> Sequence[Chart]:
    """Return the chart of the share by day, and that of D-1 to D-7.

    Days without seven days of history before them are left out: too low by nature.
    """
    rows = [row for row in numbers.days if row["lookback_complete"]]
    return [line_chart(_SHARE, numbers, rows), _days_before(numbers, rows)]


def _days_before(numbers: Numbers, rows: Sequence[Row]) -> Chart:
    day = numbers.last_full
    week = [row for row in rows if day - timedelta(7) < row["activity_date"] <= day]
    of_day = [row for row in week if row["activity_date"] == day]
    lines = {"The day": of_day, "The 7 days up to it": week}
    counts = {label: (_users(some), _returned(some)) for label, some in lines.items()}

    def draw(axes: Any) -> None:
        for (label, (users, returned)), color, line in zip(
            counts.items(), STYLE.series, ("o-", "s--"), strict=False
        ):
            if users:
                shares = [some / users for some in returned]
                axes.plot(_BACK, shares, line, color=color, markersize=4, label=label)
        axes.set_ylim(bottom=0)
        axes.grid(axis="y")
        axes.set_xticks(_BACK, [f"D-{n}" for n in _BACK])
        Unit.SHARE.label(axes.yaxis)
        if any(users for users, _ in counts.values()):
            draw_legend(axes)

    table = Table(
        ["Days before", *(f"{label}: {what}" for label in lines for what in _WHAT)],
        [[f"D-{n}", *_cells(n, list(counts.values()))] for n in _BACK],
    )
    return chart(
        "days-before", "Active on the days before", _said(day, counts), table, draw
    )


def _cells(n: int, counts: Sequence[_Counts]) -> list[str]:
    cells = []
    for users, returned in counts:
        cells += [count(returned[n - 1]), ratio(returned[n - 1], users)]
    return cells


def _users(rows: Sequence[Row]) -> int:
    return sum(row["dau"] for row in rows)


def _returned(rows: Sequence[Row]) -> list[int]:
    """Return, for D-1 to D-7, the users of these days active so many days before."""
    return [sum(row[f"returning_d{n}"] for row in rows) for n in _BACK]


def _said(day: date, counts: dict[str, _Counts]) -> str:
    users, returned = counts["The day"]
    if not users:
        return f"{long_day(day)} had no users, or too few days before it."
    return (
        f"Of the {count(users)} users of {long_day(day)}, {ratio(returned[0], users)} "
        f"were also active on the day before (D-1), and {ratio(returned[-1], users)} "
        "seven days before (D-7)."
    )
