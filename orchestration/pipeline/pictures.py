"""Pictures in the metadata of tables: the last days, and the triangle of cohorts."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import dagster as dg

from orchestration.answers.charts.by_day import Point, draw_line, label_days
from orchestration.answers.charts.drawing import Style, drawing
from orchestration.answers.charts.triangle import draw_triangle
from orchestration.answers.charts.units import Unit
from orchestration.answers.words import marked_day, share
from orchestration.pipeline.engine import Reader, Row, answers, newest_day

_COHORTS_TITLE = "Users active n days after their first"
_COHORTS_DRAWN = 60
_DAYS_DRAWN = 90
_DAYS_LISTED = 7
_STYLE = Style(
    width=9.0,
    height=2.8,
    font_size=10,
    ink="#222222",
    rule="#d9d9d9",
    series=("#2f6fab",),
    ticks=8,
)
_HEAT_MAP_STYLE = replace(_STYLE, height=4.8)


@dataclass(frozen=True)
class Picture:
    """A number of each day: the question that has it, and how it is shown."""

    title: str
    question: str
    value: Callable[[Row], float | None]
    unit: Unit
    columns: Mapping[str, Callable[[Row], str]]


PICTURES = {
    "daily_active_users": Picture(
        "Daily active users",
        "active_users_by_day",
        lambda row: float(row["dau"]),
        Unit.USERS,
        {
            "DAU": lambda row: f"{row['dau']:,}",
            "Events": lambda row: f"{row['events_count']:,}",
        },
    ),
    "daily_retention": Picture(
        "Share of the day's users active in the 7 days before",
        "retention_by_day",
        lambda row: row["retention_rate"],
        Unit.SHARE,
        {
            "DAU": lambda row: f"{row['dau']:,}",
            "Returning": lambda row: f"{row['returning_users']:,}",
            "Rate": lambda row: share(row["retention_rate"], 0),
        },
    ),
    "rolling_active_users": Picture(
        "Monthly active users (of 28 days)",
        "rolling_active_users_by_day",
        lambda row: float(row["mau_28d"]),
        Unit.USERS,
        {
            "DAU": lambda row: f"{row['dau']:,}",
            "WAU": lambda row: f"{row['wau_7d']:,}",
            "MAU": lambda row: f"{row['mau_28d']:,}",
            "DAU/MAU": lambda row: share(row["dau_mau_ratio"], 0),
        },
    ),
    "growth_accounting": Picture(
        "New users",
        "growth_by_day",
        lambda row: float(row["new_users"]),
        Unit.USERS,
        {
            "DAU": lambda row: f"{row['dau']:,}",
            "New": lambda row: f"{row['new_users']:,}",
            "Retained": lambda row: f"{row['retained_users']:,}",
            "Resurrected": lambda row: f"{row['resurrected_users']:,}",
            "Dormant": lambda row: f"{row['dormant_users']:,}",
        },
    ),
}


def picture_of(reader: Reader, table: str) -> dict[str, Any]:
    """Return the metadata that draws a table; nothing where it has no picture."""
    if table == "cohort_retention":
        return _heat_map_metadata(reader)
    picture = PICTURES.get(table)
    return _picture_metadata(reader, picture) if picture else {}


def _picture_metadata(reader: Reader, picture: Picture) -> dict[str, Any]:
    """Return a picture of the last 90 days, and a table of the last 7, newest first."""
    last = newest_day(reader)
    if last is None:
        return {}
    first = last - timedelta(days=_DAYS_DRAWN - 1)
    rows = answers(reader, picture.question, first, last)
    return {
        "last_90_days": dg.MetadataValue.md(
            _in_markdown(picture.title, drawn(picture, rows))
        ),
        "last_7_days": dg.MetadataValue.md(listed(picture, rows[-_DAYS_LISTED:])),
    }


def _in_markdown(title: str, svg: bytes) -> str:
    """Return an image whose data is in the text itself."""
    return f"![{title}](data:image/svg+xml;base64,{base64.b64encode(svg).decode()})"


def listed(picture: Picture, rows: Sequence[Row]) -> str:
    """Return the days as a table in Markdown, newest first; *: it is not over."""
    lines = [["Day", *picture.columns], ["---", *("---:" for _ in picture.columns)]]
    for row in reversed(rows):
        cells = (column(row) for column in picture.columns.values())
        lines.append([marked_day(row), *cells])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def drawn(picture: Picture, rows: Sequence[Row]) -> bytes:
    """Return an SVG of a line by day, from zero; a day that is not over is a ring."""
    points = [
        (row["activity_date"], value, row["is_complete"])
        for row in rows
        if (value := picture.value(row)) is not None
    ]

    def draw(axes: Any) -> None:
        axes.set_title(_heading(picture, points), loc="left", fontsize=11)
        draw_line(axes, points, _STYLE.series[0])
        days = [day for day, _, _ in points]
        label_days(axes, days, picture.unit, _STYLE.ticks)

    return drawing(_STYLE, draw)


def _heading(picture: Picture, points: Sequence[Point]) -> str:
    """Return the title with the last day, which the axis has without its year."""
    if not points:
        return picture.title
    last, _, is_over = points[-1]
    note = "" if is_over else " (ring: not over yet)"
    return f"{picture.title}, up to {last:%Y-%m-%d}{note}"


def _heat_map_metadata(reader: Reader) -> dict[str, Any]:
    """Return a picture of the newest cohorts; nothing where there are none."""
    last = newest_day(reader)
    if last is None:
        return {}
    first = last - timedelta(days=_COHORTS_DRAWN - 1)
    rows = answers(reader, "cohort_retention_by_day", first, last)
    picture = _in_markdown(_COHORTS_TITLE, drawn_heat_map(rows))
    return {"newest_cohorts": dg.MetadataValue.md(picture)}


def drawn_heat_map(rows: Sequence[Row]) -> bytes:
    """Return an SVG of the triangle of these cohorts."""

    def draw(axes: Any) -> None:
        axes.set_title(_COHORTS_TITLE, loc="left", fontsize=11)
        draw_triangle(axes, rows, _COHORTS_DRAWN - 1, _HEAT_MAP_STYLE.series[0])

    return drawing(_HEAT_MAP_STYLE, draw)
