"""Shows how many people used each course in a week."""

from collections import defaultdict
from datetime import date, timedelta

from rich.console import Console
from rich.text import Text

from orchestration.answers.questions import Answer
from orchestration.answers.terminal import records, titled_table
from orchestration.answers.words import count

_SHOWN = 20


def show_courses(answer: Answer, on: date, console: Console) -> None:
    """Show the courses of most users on a day, and their users on the six before."""
    days = [on - timedelta(days=n) for n in range(6, -1, -1)]
    users: dict[object, dict[date, int]] = defaultdict(dict)
    for row in records(answer):
        users[row["course_id"]][row["activity_date"]] = row["dau"]
    # Those of equal numbers in the order of the answer.
    most = sorted(users, key=lambda course: users[course].get(on, 0), reverse=True)
    table = titled_table(f"Daily active users of each course, up to {on}")
    table.add_column("Course", justify="right", overflow="fold")
    for day in days:
        table.add_column(f"{day:%b %d}", justify="right")
    for course in most[:_SHOWN]:
        cells = (count(users[course].get(day, 0)) for day in days)
        table.add_row(Text(str(course)), *cells)
    console.print(table)
    console.print("[dim]A user of two courses counts in each of them, once in DAU.[/]")
    if more := most[_SHOWN:]:
        console.print(
            f"[dim]… and {len(more):,} more courses; --format csv lists them all.[/]"
        )
