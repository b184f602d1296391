"""Shows answers to people: tables that fit a terminal, with bars."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.answers.questions import Answer
from orchestration.answers.words import count, marked_day, ratio

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_USERS_SHOWN = 20


@dataclass(frozen=True)
class DayTable:
    """A table of days, newest last, which `show` prints with what it means.

    `columns`: by heading, a count's column, or two of which a share is shown. `bar`:
    the count that has a bar, and the longest bar's width in characters.
    """

    title: str
    columns: Mapping[str, str | tuple[str, str]]
    bar: tuple[str, int] | None = None
    note: str | None = None

    def show(self, answer: Answer, console: Console) -> None:
        """Print an answer of one row a day."""
        rows = list(records(answer))
        table = titled_table(self.title)
        table.add_column("Day")
        for heading in self.columns:
            table.add_column(heading, justify="right")
        lines = [[marked_day(row), *self._cells(row)] for row in rows]
        if self.bar:
            column, width = self.bar
            table.add_column("", min_width=width, no_wrap=True)
            most = max((row[column] for row in rows), default=0)
            for line, row in zip(lines, rows, strict=True):
                line.append(_bar(row[column], most, width))
        for line in lines:
            table.add_row(*line)
        console.print(table)
        footnotes(rows, console)
        if self.note:
            console.print(f"[dim]{self.note}[/]")

    def _cells(self, row: Mapping[str, Any]) -> Iterator[str]:
        for column in self.columns.values():
            if isinstance(column, str):
                yield count(row[column])
            else:
                yield ratio(row[column[0]], row[column[1]], 0)


ACTIVE_USERS = DayTable(
    "Daily active users",
    {"DAU": "dau", "Events": "events_count"},
    bar=("dau", 36),
)
RETENTION = DayTable(
    "Returning users: active on the day and in the 7 days before",
    {
        "DAU": "dau",
        "Returning": "returning_users",
        "Rate": ("returning_users", "dau"),
        **{f"D-{n}": (f"returning_d{n}", "dau") for n in range(1, 8)},
    },
    note="D-n: of the day's users, those also active n days before. This looks back "
    "from the day; it is not cohort retention.",
)
ROLLING_ACTIVE_USERS = DayTable(
    "Active users of the day, of 7 days and of 28 days up to it",
    {"DAU": "dau", "WAU": "wau_7d", "MAU": "mau_28d", "DAU/MAU": ("dau", "mau_28d")},
    bar=("mau_28d", 20),
    note="WAU and MAU: distinct users of the 7, and of the 28, days up to the day; not "
    "of a calendar week or month.",
)
GROWTH = DayTable(
    "Growth: each day's users are new, retained or resurrected",
    {
        "DAU": "dau",
        "New": "new_users",
        "Retained": "retained_users",
        "Resurrected": "resurrected_users",
        "Dormant": "dormant_users",
    },
    note="Retained: also active in the 7 days before; resurrected: only earlier. "
    "Dormant: active in the 7 days before, not on the day and not since; falls when "
    "they come back.",
)


def show_returning_users(answer: Answer, on: date, console: Console) -> None:
    """Show the first returning users of a day, and say how many there are."""
    table = titled_table(f"Users active on {on} and in the 7 days before")
    # Whole, even where it is long: cut, several users would be one.
    table.add_column("User", justify="right", overflow="fold")
    table.add_column("Active before on")
    table.add_column("Days since", justify="right")
    table.add_column("D-1 … D-7", justify="center")
    rows = records(answer)
    for row in islice(rows, _USERS_SHOWN):
        days = (row["active_days_mask"] >> n & 1 for n in range(7))
        table.add_row(
            Text(str(row["user_id"])),  # what is in brackets is part of it
            str(row["previous_activity_date"]),
            str(row["days_since_previous"]),
            " ".join("●" if active else "·" for active in days),
        )
    console.print(table)
    if more := sum(1 for _ in rows):
        console.print(
            f"[dim]… and {more:,} more users; --format csv lists them all.[/]"
        )


def titled_table(title: str) -> Table:
    """Return a table without lines, under its title."""
    return Table(title=title, title_justify="left", box=None, pad_edge=False)


def _bar(count: int, most: int, width: int) -> str:
    """Return a bar in eighths of a character; that of the most is of this width."""
    eighths = round(count * width * 8 / most) if most else 0
    full, rest = divmod(eighths, 8)
    return "█" * full + _EIGHTHS[rest].strip()


def records(answer: Answer) -> Iterator[dict[str, Any]]:
    """Return an answer's rows, each by the names of its columns."""
    return (dict(zip(answer.columns, row, strict=True)) for row in answer.rows)


def footnotes(rows: list[dict[str, Any]], console: Console, what: str = "day") -> None:
    """Explain the marks of days, where there are any."""
    if not all(row["is_complete"] for row in rows):
        console.print(
            f"[dim]* The {what} was not over yet when it was last counted.[/]"
        )
    if not all(row.get("lookback_complete", True) for row in rows):
        console.print(
            "[dim]† Fewer than seven days of history before it: too low by nature.[/]"
        )
