"""The chart of growth: where each day's users come from, and who seems to have left."""

from itertools import accumulate
from typing import Any

from orchestration.answers.charts.by_day import BAR_ROOM, draw_bars, label_days
from orchestration.answers.charts.legend import draw_legend
from orchestration.answers.charts.units import Unit
from orchestration.answers.report.chart import STYLE, Chart, chart, points
from orchestration.answers.report.html_table import by_day
from orchestration.answers.report.numbers import Numbers
from orchestration.answers.words import count, long_day

# From the axis upwards; the colours of Retained and of New are those told apart best.
_ABOVE = {
    "retained_users": "Retained",
    "resurrected_users": "Resurrected",
    "new_users": "New",
}
_BELOW = "dormant_users"


def growth_chart(numbers: Numbers) -> Chart:
    """Return the chart: three parts of DAU above zero, dormant users below."""

    def draw(axes: Any) -> None:
        parts = [points(numbers.days, column) for column in _ABOVE]
        heights = zip(*([value for _, value, _ in part] for part in parts), strict=True)
        tops = [list(accumulate(day, initial=0)) for day in heights]
        for n, (part, label) in enumerate(zip(parts, _ABOVE.values(), strict=True)):
            bottoms = [top[n] for top in tops]
            draw_bars(axes, part, bottoms, STYLE.series[n], label)
        # On a day that is not over, all of the week's users are still to come.
        below = [
            (day, -users, True)
            for day, users, is_over in points(numbers.days, _BELOW)
            if is_over
        ]
        draw_bars(axes, below, [0] * len(below), STYLE.series[len(_ABOVE)], "Dormant")
        axes.axhline(0, color=STYLE.ink, linewidth=0.8)
        days = [row["activity_date"] for row in numbers.days]
        label_days(axes, days, Unit.USERS, STYLE.ticks, room=BAR_ROOM)
        draw_legend(axes)

    table = by_day(
        numbers.days,
        {
            "New": "new_users",
            "Retained": "retained_users",
            "Resurrected": "resurrected_users",
            "Dormant": "dormant_users",
        },
    )
    return chart("growth", "Growth", _said(numbers), table, draw)


def _said(numbers: Numbers) -> str:
    row = numbers.on(numbers.last_full)
    if row is None:
        return ""
    return (
        f"The {count(row['dau'])} users of {long_day(numbers.last_full)}: "
        f"{count(row['new_users'])} new, {count(row['retained_users'])} retained, "
        f"{count(row['resurrected_users'])} resurrected. "
        f"Dormant: {count(row['dormant_users'])}, fewer as they come back."
    )
