"""The page: everything put into its template."""

from collections.abc import Sequence
from pathlib import Path

import jinja2

from orchestration.answers.report.activity import activity_charts
from orchestration.answers.report.chart import Chart
from orchestration.answers.report.cohorts import cohort_chart
from orchestration.answers.report.courses import course_chart
from orchestration.answers.report.growth import growth_chart
from orchestration.answers.report.headlines import headlines
from orchestration.answers.report.html_table import Table, by_day
from orchestration.answers.report.numbers import Numbers
from orchestration.answers.report.returning import returning_charts
from orchestration.answers.words import long_day

_LISTED = 14
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def page(numbers: Numbers) -> str:
    """Return the page, which is equal for equal numbers."""
    return _TEMPLATES.get_template("page.html").render(
        as_of=as_of(numbers),
        why_empty=numbers.why_empty,
        last_full=long_day(numbers.last_full),
        headlines=headlines(numbers),
        charts=_charts(numbers),
        last_days=_last_days(numbers),
        days=len(numbers.days),
    )


def as_of(numbers: Numbers) -> str:
    """Say how far the data goes, and when the latest run began, where it is known."""
    newest = numbers.newest
    until = long_day(newest["activity_date"])
    if newest["is_complete"]:
        text = f"Data up to {until}, a full day."
    else:
        text = (
            f"Data up to {until}, which was not over yet; "
            f"the last full day is {long_day(numbers.last_full)}."
        )
    if numbers.run_started_at is not None:
        started = numbers.run_started_at
        text += f" The latest run began at {started:%H:%M} UTC on {long_day(started)}."
    return text


def _charts(numbers: Numbers) -> Sequence[Chart]:
    return [
        *activity_charts(numbers),
        *returning_charts(numbers),
        growth_chart(numbers),
        cohort_chart(numbers),
        course_chart(numbers),
    ]


def _last_days(numbers: Numbers) -> Table:
    return by_day(
        numbers.days[-_LISTED:],
        {
            "DAU": "dau",
            "WAU": "wau_7d",
            "MAU": "mau_28d",
            "DAU / MAU": "dau_mau_ratio",
            "Returning": "returning_users",
            "Retention": "retention_rate",
            "New": "new_users",
            "Retained": "retained_users",
            "Resurrected": "resurrected_users",
            "Dormant": "dormant_users",
            "Events": "events_count",
        },
    )
