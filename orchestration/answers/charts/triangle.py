"""The triangle of cohort retention as a heat map."""

from collections.abc import Mapping, Sequence
from math import nan
from typing import Any

from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.ticker import MaxNLocator, PercentFormatter

_PALEST = 0.08


def draw_triangle(
    axes: Any, rows: Sequence[Mapping[str, Any]], numbers: int, color: str
) -> None:
    """Draw a line per cohort, the newest below, a column per day number up to a last.

    Rows: one per cohort and day number, in that order. Day 0, on which everybody is
    there, is left out; what has no rate yet is empty.
    """
    rates: dict[Any, list[float]] = {}
    for row in rows:
        rate = row["retention_rate"]
        if 0 < row["day_number"] <= numbers:
            cells = rates.setdefault(row["cohort_date"], [])
            cells.append(nan if rate is None else rate)
    axes.set_xlabel("Days after the first")
    if not rates:
        return
    shape = (0.5, len(next(iter(rates.values()))) + 0.5, len(rates) - 0.5, -0.5)
    image = axes.imshow(
        list(rates.values()),
        aspect="auto",
        interpolation="none",
        cmap=_shades(color),
        vmin=0,
        extent=shape,
    )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.figure.colorbar(image, format=PercentFormatter(xmax=1, decimals=0))
    cohorts = list(rates)
    places = range(len(cohorts) - 1, -1, -7)
    names = [f"{cohorts[place].day} {cohorts[place]:%b}" for place in places]
    axes.set_yticks(places, names)


def _shades(color: str) -> LinearSegmentedColormap:
    """Return shades that are the paper's where there is little, light or dark."""
    ends = [(*to_rgb(color), opacity) for opacity in (_PALEST, 1)]
    return LinearSegmentedColormap.from_list("shades", ends)
