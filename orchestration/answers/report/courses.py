"""The chart of courses: those of most users on the last full day, and their week."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from orchestration.answers.charts.legend import draw_legend
from orchestration.answers.charts.units import Unit
from orchestration.answers.report.chart import STYLE, Chart, chart
from orchestration.answers.report.html_table import Table
from orchestration.answers.report.numbers import Numbers
from orchestration.answers.words import count, long_day
from orchestration.core.event_columns import event_columns

_SHOWN = 10
_LABEL_CHARACTERS = 30
_DAYS = 7


def course_chart(numbers: Numbers) -> Chart:
    """Return the ten courses of most users, each with its mean of the seven days."""
    day = numbers.last_full
    days = [day - timedelta(days=n) for n in range(_DAYS)][::-1]
    users: dict[int | str, dict[date, int]] = defaultdict(
        lambda: dict.fromkeys(days, 0)
    )
    for row in numbers.courses:
        users[row["course_id"]][row["activity_date"]] = row["dau"]
    used = [course for course, by_day in users.items() if by_day[day]]
    top = sorted(used, key=lambda course: (-users[course][day], course))[:_SHOWN]
    means = [sum(users[course].values()) / _DAYS for course in top]

    def draw(axes: Any) -> None:
        places = range(len(top))
        counts = [users[course][day] for course in top]
        axes.barh(places, counts, color=STYLE.series[0], label="The day")
        axes.plot(
            means,
            places,
            "D",
            color=STYLE.series[1],
            markersize=4,
            label="Mean of 7 days",
        )
        axes.set_yticks(places, map(_label, top))
        axes.invert_yaxis()
        axes.set_ylabel("Course")
        axes.set_axisbelow(True)
        axes.grid(axis="x")
        Unit.USERS.label(axes.xaxis)
        if top:
            draw_legend(axes, reverse=True)

    table = Table(
        ["Course", *(f"{d:%Y-%m-%d %a}" for d in days), "Mean"],
        [
            [
                str(course),
                *(count(users[course][d]) for d in days),
                f"{mean:,.1f}",
            ]
            for course, mean in zip(top, means, strict=True)
        ],
    )
    said = f"{long_day(day)}: nobody used a course."
    if event_columns().name("course_id") is None:
        said = "The table of events has no column for courses."
    if top:
        said = (
            f"On {long_day(day)}, {len(used):,} courses had users; course {top[0]} had "
            f"the most, {count(users[top[0]][day])}, and {means[0]:,.1f} a day on "
            "average of the seven days up to it."
        )
    return chart("courses", "Top courses", said, table, draw)


def _label(course: int | str) -> str:
    """Return an id as the chart has it; the table has it whole."""
    text = str(course)
    if len(text) > _LABEL_CHARACTERS:
        text = f"{text[: _LABEL_CHARACTERS - 1]}…"
    # Two of these would be taken for the ends of a formula.
    return text.replace("$", r"\$")
