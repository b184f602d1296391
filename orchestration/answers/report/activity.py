"""The charts of active users: of a day, of 7 and 28 days, and their ratio."""

from collections.abc import Sequence

from orchestration.answers.charts.units import Unit
from orchestration.answers.report.chart import Chart
from orchestration.answers.report.lines import Lines, line_chart
from orchestration.answers.report.numbers import Numbers

_CHARTS = (
    Lines(
        "dau",
        "Daily active users",
        {"dau": "DAU"},
        Unit.USERS,
        {"DAU": "dau", "Events": "events_count"},
    ),
    Lines(
        "rolling",
        "Weekly and monthly active users",
        {"mau_28d": "MAU (28 days)", "wau_7d": "WAU (7 days)"},
        Unit.USERS,
        {"MAU": "mau_28d", "WAU": "wau_7d"},
    ),
    Lines(
        "stickiness",
        "Stickiness",
        {"dau_mau_ratio": "DAU / MAU"},
        Unit.SHARE,
        {"DAU": "dau", "MAU": "mau_28d", "DAU / MAU": "dau_mau_ratio"},
    ),
)


def activity_charts(numbers: Numbers) -> Sequence[Chart]:
    """Return the charts of DAU, of WAU and MAU, and of stickiness."""
    return [line_chart(lines, numbers, numbers.days) for lines in _CHARTS]
