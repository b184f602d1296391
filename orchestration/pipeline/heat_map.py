"""The triangle of cohort retention as a heat map, in the metadata of its table."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import nan
from typing import Any

import dagster as dg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.answers.questions import ask, newest_day
from orchestration.pipeline.pictures import as_svg, in_markdown

Row = Mapping[str, Any]

_TITLE = "Users active n days after their first"
_COHORTS_DRAWN = 60
_WIDTH, _HEIGHT = 9.0, 4.8


def heat_map_metadata(connection: Connection) -> dict[str, Any]:
    """Return a picture of the newest cohorts; nothing where there are none."""
    last = newest_day(connection)
    if last is None:
        return {}
    first = last - timedelta(days=_COHORTS_DRAWN - 1)
    answer = ask(connection, "cohort_retention_by_day", from_date=first, to_date=last)
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    picture = in_markdown(_TITLE, drawn_heat_map(rows))
    return {"newest_cohorts": dg.MetadataValue.md(picture)}


def drawn_heat_map(rows: Sequence[Row]) -> bytes:
    """Return an SVG: a line per cohort, the newest below, a column per day number.

    Day 0, on which everybody is there, is left out; what has no rate yet is white.
    """
    rates: dict[Any, list[float]] = {}
    for row in rows:
        rate = row["retention_rate"]
        if 0 < row["day_number"] < _COHORTS_DRAWN:
            cells = rates.setdefault(row["cohort_date"], [])
            cells.append(nan if rate is None else rate)
    figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
    axes: Any = figure.subplots()
    axes.set_title(_TITLE, loc="left", fontsize=11)
    axes.set_xlabel("n")
    if rates:
        shape = (0.5, len(next(iter(rates.values()))) + 0.5, len(rates) - 0.5, -0.5)
        image = axes.imshow(
            list(rates.values()), aspect="auto", cmap="Blues", vmin=0, extent=shape
        )
        figure.colorbar(image, format=FuncFormatter(lambda rate, _: f"{rate:.0%}"))
        cohorts = list(rates)
        places = range(len(cohorts) - 1, -1, -7)
        axes.set_yticks(places, [f"{cohorts[place]:%Y-%m-%d}" for place in places])
    return as_svg(figure)
