"""Pictures and small tables of the last days, in the metadata of the daily tables."""

import base64
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import dagster as dg
from matplotlib import rc_context
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.answers.questions import ask, newest_day

Row = Mapping[str, Any]

_DAYS_DRAWN = 90
_DAYS_LISTED = 7
_WIDTH, _HEIGHT = 9.0, 2.8
_NO_DATE = {"Date": None, "Creator": None}


@dataclass(frozen=True)
class Picture:
    """A number of each day: the question that has it, and how it is shown."""

    title: str
    question: str
    value: Callable[[Row], float | None]
    shown: Callable[[float], str]
    columns: Mapping[str, Callable[[Row], str]]


PICTURES = {
    "daily_active_users": Picture(
        "Daily active users",
        "active_users_by_day",
        lambda row: float(row["dau"]),
        lambda users: f"{users:,.0f}",
        {
            "DAU": lambda row: f"{row['dau']:,}",
            "Events": lambda row: f"{row['events_count']:,}",
        },
    ),
    "daily_retention": Picture(
        "Share of the day's users active in the 7 days before",
        "retention_by_day",
        lambda row: row["retention_rate"],
        lambda share: f"{share:.0%}",
        {
            "DAU": lambda row: f"{row['dau']:,}",
            "Returning": lambda row: f"{row['returning_users']:,}",
            "Rate": lambda row: _percent(row["retention_rate"]),
        },
    ),
    "rolling_active_users": Picture(
        "Monthly active users (of 28 days)",
        "rolling_active_users_by_day",
        lambda row: float(row["mau_28d"]),
        lambda users: f"{users:,.0f}",
        {
            "DAU": lambda row: f"{row['dau']:,}",
            "WAU": lambda row: f"{row['wau_7d']:,}",
            "MAU": lambda row: f"{row['mau_28d']:,}",
            "DAU/MAU": lambda row: _percent(row["dau_mau_ratio"]),
        },
    ),
    "growth_accounting": Picture(
        "New users",
        "growth_by_day",
        lambda row: float(row["new_users"]),
        lambda users: f"{users:,.0f}",
        {
            "DAU": lambda row: f"{row['dau']:,}",
            "New": lambda row: f"{row['new_users']:,}",
            "Retained": lambda row: f"{row['retained_users']:,}",
            "Resurrected": lambda row: f"{row['resurrected_users']:,}",
            "Dormant": lambda row: f"{row['dormant_users']:,}",
        },
    ),
}


def picture_metadata(connection: Connection, picture: Picture) -> dict[str, Any]:
    """Return a picture of the last 90 days, and a table of the last 7, newest first."""
    last = newest_day(connection)
    if last is None:
        return {}
    first = last - timedelta(days=_DAYS_DRAWN - 1)
    answer = ask(connection, picture.question, from_date=first, to_date=last)
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return {
        "last_90_days": dg.MetadataValue.md(
            in_markdown(picture.title, drawn(picture, rows))
        ),
        "last_7_days": dg.MetadataValue.md(listed(picture, rows[-_DAYS_LISTED:])),
    }


def in_markdown(title: str, svg: bytes) -> str:
    """Return an image whose data is in the text itself."""
    return f"![{title}](data:image/svg+xml;base64,{base64.b64encode(svg).decode()})"


def listed(picture: Picture, rows: Sequence[Row]) -> str:
    """Return the days as a table in Markdown, newest first; * marks an open day."""
    lines = [["Day", *picture.columns], ["---", *("---:" for _ in picture.columns)]]
    for row in reversed(rows):
        mark = "" if row["is_complete"] else " *"
        day = f"{row['activity_date']:%Y-%m-%d %a}{mark}"
        lines.append([day, *(column(row) for column in picture.columns.values())])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def drawn(picture: Picture, rows: Sequence[Row]) -> bytes:
    """Return an SVG of a line by day, from zero; a day that is not over is a ring."""
    points = [
        (row["activity_date"], value, row["is_complete"])
        for row in rows
        if (value := picture.value(row)) is not None
    ]
    figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
    axes: Any = figure.subplots()
    axes.set_title(_heading(picture, points), loc="left", fontsize=11)
    closed = [(day, value) for day, value, is_over in points if is_over]
    open_ = [(day, value) for day, value, is_over in points if not is_over]
    marker = "o" if len(closed) == 1 else ""
    axes.plot(*_columns(closed), color="#2f6fab", linewidth=1.8, marker=marker)
    axes.plot(*_columns(open_), "o", color="#2f6fab", fillstyle="none", clip_on=False)
    axes.set_ylim(bottom=0)
    if points:
        first, last = points[0][0], points[-1][0]
        # A week at least: one day alone has no axis.
        axes.set_xlim(min(first, last - timedelta(days=6)), last)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: picture.shown(value)))
    locator = AutoDateLocator(maxticks=8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
    )
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    return as_svg(figure)


def as_svg(figure: Figure) -> bytes:
    """Return a figure as SVG."""
    out = io.BytesIO()
    # Text as text, and the same names each time: small, and equal for equal data.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "fast-dau"}):
        figure.savefig(out, format="svg", metadata=_NO_DATE)
    return out.getvalue()


def _heading(picture: Picture, points: Sequence[tuple[date, float, bool]]) -> str:
    """Return the title with the last day, which the axis has without its year."""
    if not points:
        return picture.title
    last, _, is_over = points[-1]
    note = "" if is_over else " (ring: not over yet)"
    return f"{picture.title}, up to {last:%Y-%m-%d}{note}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _columns(points: Sequence[tuple[date, float]]) -> tuple[list[date], list[float]]:
    return [day for day, _ in points], [value for _, value in points]
