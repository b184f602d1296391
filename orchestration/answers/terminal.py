"""Shows answers to people: tables that fit a terminal, with bars."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.answers.questions import Answer
from orchestration.answers.words import marked_day, ratio

_BAR_WIDTH = 36
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_USERS_SHOWN = 20


def show_active_users(answer: Answer, console: Console) -> None:
    """Show DAU by day, with a bar for each day."""
    rows = list(records(answer))
    most = max((row["dau"] for row in rows), default=0)
    table = titled_table("Daily active users")
    for heading in ("Day", "DAU", "Events"):
        table.add_column(heading, justify="left" if heading == "Day" else "right")
    table.add_column("", min_width=_BAR_WIDTH, no_wrap=True)
    for row in rows:
        table.add_row(
            marked_day(row),
            f"{row['dau']:,}",
            f"{row['events_count']:,}",
            bar(row["dau"], most),
        )
    console.print(table)
    footnotes(rows, console)


def show_retention(answer: Answer, console: Console) -> None:
    """Show returning users by day, and the share of DAU active on each day before."""
    rows = list(records(answer))
    table = titled_table("Returning users: active on the day and in the 7 days before")
    table.add_column("Day")
    for heading in ("DAU", "Returning", "Rate", *(f"D-{n}" for n in range(1, 8))):
        table.add_column(heading, justify="right")
    for row in rows:
        shares = (ratio(row[f"returning_d{n}"], row["dau"], 0) for n in range(1, 8))
        table.add_row(
            marked_day(row),
            f"{row['dau']:,}",
            f"{row['returning_users']:,}",
            ratio(row["returning_users"], row["dau"], 0),
            *shares,
        )
    console.print(table)
    footnotes(rows, console)
    console.print(
        "[dim]D-n: of the day's users, those also active n days before. This looks "
        "back from the day; it is not cohort retention.[/]"
    )


def show_returning_users(answer: Answer, on: date, console: Console) -> None:
    """Show the first returning users of a day, and say how many there are."""
    table = titled_table(f"Users active on {on} and in the 7 days before")
    table.add_column("User", justify="right")
    table.add_column("Active before on")
    table.add_column("Days since", justify="right")
    table.add_column("D-1 … D-7", justify="center")
    rows = records(answer)
    for row in islice(rows, _USERS_SHOWN):
        days = (row["active_days_mask"] >> n & 1 for n in range(7))
        table.add_row(
            str(row["user_id"]),
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


def bar(count: int, most: int, width: int = _BAR_WIDTH) -> str:
    """Return a bar in eighths of a character; that of the most is of this width."""
    eighths = round(count * width * 8 / most) if most else 0
    full, rest = divmod(eighths, 8)
    return "█" * full + _EIGHTHS[rest].strip()


def records(answer: Answer) -> Iterator[dict[str, Any]]:
    """Return an answer's rows, each by the names of its columns."""
    return (dict(zip(answer.columns, row, strict=True)) for row in answer.rows)


def footnotes(rows: list[dict[str, Any]], console: Console, what: str = "day") -> None:
    """Explain the marks of days, where there are any, and an empty table."""
    if not rows:
        console.print(f"[dim]The tables hold no {what} of that range.[/]")
    if not all(row["is_complete"] for row in rows):
        console.print(
            f"[dim]* The {what} was not over yet when it was last counted.[/]"
        )
    if not all(row.get("lookback_complete", True) for row in rows):
        console.print(
            "[dim]† Fewer than seven days of history before it: too low by nature.[/]"
        )
