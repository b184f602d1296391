"""The chart of cohorts: who came back how many days after the first."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from orchestration.answers.charts.triangle import draw_triangle
from orchestration.answers.report.chart import Chart, chart
from orchestration.answers.report.html_table import Table
from orchestration.answers.report.numbers import COHORTS, Numbers, Row
from orchestration.answers.words import count, ratio

# Okabe and Ito's blue; shades of it stand out from white and from black.
_BLUE = "#0072b2"
_TOLD = (1, 7, 28)


def cohort_chart(numbers: Numbers) -> Chart:
    """Return the triangle of the newest cohorts, up to as many days after."""
    most = min(COHORTS, len({row["cohort_date"] for row in numbers.cohorts})) - 1

    def draw(axes: Any) -> None:
        draw_triangle(axes, numbers.cohorts, max(most, 1), _BLUE)

    return chart(
        "cohorts",
        "Cohort retention",
        _said(numbers.cohorts),
        _table(numbers.cohorts, most),
        draw,
    )


def _said(rows: Sequence[Row]) -> str:
    """Return N-day retention of all cohorts that have it, taken together."""
    rates = []
    for n in _TOLD:
        of_day = [
            row
            for row in rows
            if row["day_number"] == n and row["active_users"] is not None
        ]
        size = sum(row["cohort_size"] for row in of_day)
        if size:
            active = sum(row["active_users"] for row in of_day)
            rates.append(f"{ratio(active, size)} after {n} day{'s' if n > 1 else ''}")
    if not rates:
        return "No cohort has a full day after its first yet."
    return f"Of the new users of these days, there again: {', '.join(rates)}."


def _table(rows: Sequence[Row], most: int) -> Table:
    numbers = range(1, most + 1)
    by_cohort = groupby(rows, key=itemgetter("cohort_date"))
    lines = []
    for cohort, group in by_cohort:
        cells = {row["day_number"]: row for row in group}
        lines.append(
            [
                f"{cohort:%Y-%m-%d %a}",
                count(cells[0]["cohort_size"]),
                *(_cell(cells[n]) for n in numbers if n in cells),
            ]
        )
    return Table(["First day", "Size", *map(str, numbers)], lines[::-1])


def _cell(row: Row) -> str:
    if row["active_users"] is None:
        return ""
    return ratio(row["active_users"], row["cohort_size"])
