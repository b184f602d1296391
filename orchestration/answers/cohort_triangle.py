"""Shows cohorts to people: a triangle that fits a terminal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.answers.questions import Answer
from orchestration.answers.terminal import footnotes, records, titled_table
from orchestration.answers.words import marked_day, ratio

# From the lowest to the highest; readable on light and dark screens, in 16 colours too.
_SHADES = (
    "white on #12261b",
    "white on #00441b",
    "white on #006d2c",
    "white on #238b45",
    "black on #41ab5d",
    "black on #74c476",
)
_WEEK = 7
_FOUR_WEEKS = 28
# A percentage of up to three digits, and the space after it.
_CELL_WIDTH = 5


@dataclass(frozen=True)
class _Cohort:
    """New users of a day or week; `active`: by day number, None till that is over."""

    first_date: date
    size: int
    active: dict[int, int | None]

    @property
    def head(self) -> dict[str, Any]:
        """Return what the page says of its days, as of rows that are a day each."""
        return {
            "activity_date": self.first_date,
            "is_complete": self.active[0] is not None,
        }

    def rate(self, number: int) -> float | None:
        """Return N-day retention; None where there is none, or none yet."""
        count = self.active[number]
        return None if count is None or not self.size else count / self.size


def show_cohorts(answer: Answer, console: Console, period: str) -> None:
    """Show a triangle: a row for the new users of each day or week, and who came back.

    `period`: day or week.
    """
    cohorts = list(_cohorts(answer))
    if cohorts:
        console.print(_triangle(cohorts, period, console.width))
    footnotes([cohort.head for cohort in cohorts], console, period)
    console.print(
        "[dim]N: active exactly so many days after the first day; empty where that is "
        "not over for all of them. --format csv has every N.[/]"
    )


def _cohorts(answer: Answer) -> Iterator[_Cohort]:
    by_date = groupby(records(answer), key=itemgetter(answer.columns[0]))
    for first_date, group in by_date:
        rows = list(group)
        active = {row["day_number"]: row["active_users"] for row in rows}
        yield _Cohort(first_date, rows[0]["cohort_size"], active)


def _triangle(cohorts: list[_Cohort], period: str, width: int) -> Table:
    labels = [marked_day(cohort.head) for cohort in cohorts]
    sizes = [f"{cohort.size:,}" for cohort in cohorts]
    before = ((period, *labels), ("Size", *sizes))
    taken = sum(max(map(len, column)) + 1 for column in before)
    numbers = _day_numbers(cohorts, (width - taken) // _CELL_WIDTH)
    most = max((c.rate(n) or 0 for c in cohorts for n in numbers), default=0)
    table = titled_table(f"Each {period}'s new users, and how many came back on day N")
    table.padding = (0, 1, 0, 0)
    table.add_column(period.capitalize(), no_wrap=True)
    for heading in ("Size", *map(str, numbers)):
        table.add_column(heading, justify="right", min_width=_CELL_WIDTH - 1)
    for cohort, label, size in zip(cohorts, labels, sizes, strict=True):
        cells = (_cell(cohort, number, most) for number in numbers)
        table.add_row(label, size, *cells)
    return table


def _day_numbers(cohorts: list[_Cohort], room: int) -> list[int]:
    """Return the days of a week, then every week, or every fourth: as many as fit."""
    every = range(1, max(cohorts[0].active) + 1)
    reached = [n for n in every if any(c.active[n] is not None for c in cohorts)]
    weeks = [n for n in reached if n > _WEEK and n % _WEEK == 0]
    if _WEEK + len(weeks) > room:
        weeks = [n for n in weeks if n <= _FOUR_WEEKS or n % _FOUR_WEEKS == 0]
    return [*every[:_WEEK], *weeks][:room]


def _cell(cohort: _Cohort, number: int, most: float) -> Text:
    count = cohort.active[number]
    if count is None:
        return Text()
    text = ratio(count, cohort.size, 0)
    rate = cohort.rate(number)
    if rate is None or not most:
        return Text(text)
    step = min(int(rate / most * len(_SHADES)), len(_SHADES) - 1)
    return Text(text, style=_SHADES[step])
