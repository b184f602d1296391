"""Drawings of numbers by day: lines and stacked bars over an axis of days."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.dates import date2num
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from orchestration.answers.charts.units import Unit

# A day, its number, and whether the day is over.
Point = tuple[date, float, bool]

_LINE_WIDTH = 1.8
_BAR_WIDTH = 0.8
# The gaps between more bars would be less than a dot, and make all of them paler.
_BARS_WITH_GAPS = 180
# What bars need of the axis before the first day and after the last.
BAR_ROOM = 0.6
_WEEK = 7
# Longer steps are rounded up to weeks, so that all days named are of one weekday.
_FEW_DAYS = 4


def label_days(
    axes: Any,
    days: Sequence[date],
    unit: Unit,
    ticks: int,
    *,
    room: float = 0,
) -> None:
    """Name the last day, and days before it in steps of weeks or of a few days.

    `room`, in days, is left at both ends.
    """
    axes.set_axisbelow(True)
    axes.grid(axis="y")
    unit.label(axes.yaxis)
    if not days:
        axes.set_xticks([])
        return
    # A week at least: one day alone has no axis.
    first, last = min(days[0], days[-1] - timedelta(days=6)), days[-1]
    ends = date2num([first, last])  # type: ignore[no-untyped-call]
    axes.set_xlim(ends[0] - room, ends[1] + room)
    span = (last - first).days
    step = -(-span // (ticks - 1))
    if step > _FEW_DAYS:
        step = -(-step // _WEEK) * _WEEK
    named = [last - timedelta(days=n) for n in range(0, span + 1, step)][::-1]
    axes.set_xticks(named, _names(named))


def draw_line(
    axes: Any,
    points: Sequence[Point],
    color: str,
    *,
    label: str | None = None,
    line: str = "-",
) -> None:
    """Draw a line by day, from zero; a day that is not over is a ring."""
    closed = [(day, value) for day, value, is_over in points if is_over]
    open_ = [(day, value) for day, value, is_over in points if not is_over]
    axes.plot(
        *_columns(closed),
        line,
        color=color,
        linewidth=_LINE_WIDTH,
        marker="o" if len(closed) == 1 else "",
        label=label,
    )
    axes.plot(*_columns(open_), "o", color=color, fillstyle="none", clip_on=False)
    axes.set_ylim(bottom=0)


def draw_bars(
    axes: Any,
    points: Sequence[Point],
    bottoms: Sequence[float],
    color: str,
    label: str,
) -> None:
    """Draw a bar by day upon others; of a day that is not over the outline only."""
    bars = list(zip(points, bottoms, strict=True))
    width = _BAR_WIDTH if len(bars) <= _BARS_WITH_GAPS else 1
    for is_over in (True, False):
        boxes = [
            _box(day, width, bottom, value)
            for (day, value, over), bottom in bars
            if over is is_over
        ]
        if boxes:
            # One path for all: a few kilobytes, where each bar's own would be many.
            path = Path.make_compound_path_from_polys(np.array(boxes))
            axes.add_patch(
                PathPatch(
                    path,
                    facecolor=color if is_over else "none",
                    edgecolor="none" if is_over else color,
                    label=label if is_over else None,
                )
            )
    axes.autoscale_view(scalex=False)


def _box(
    day: date, width: float, bottom: float, height: float
) -> list[tuple[float, float]]:
    middle = float(date2num(day))  # type: ignore[no-untyped-call]
    left, right = middle - width / 2, middle + width / 2
    top = bottom + height
    return [(left, bottom), (left, top), (right, top), (right, bottom)]


def _names(days: Sequence[date]) -> list[str]:
    """Return days as in `3 Mar`; with the year where it is another than before."""
    names = [f"{day.day} {day:%b}" for day in days]
    for n, (before, day) in enumerate(pairwise(days), 1):
        if before.year != day.year:
            names[n] += f"\n{day.year}"
    return names


def _columns(points: Sequence[tuple[date, float]]) -> tuple[list[date], list[float]]:
    return [day for day, _ in points], [value for _, value in points]
