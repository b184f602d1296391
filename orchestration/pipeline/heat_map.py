"""The triangle of cohort retention as a heat map, in the metadata of its table."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import dagster as dg

from orchestration.answers.charts.drawing import drawing
from orchestration.answers.charts.triangle import draw_triangle
from orchestration.pipeline.engine import Reader, Row, answers, newest_day
from orchestration.pipeline.pictures import STYLE, in_markdown

_TITLE = "Users active n days after their first"
_COHORTS_DRAWN = 60
_STYLE = replace(STYLE, height=4.8)


def heat_map_metadata(reader: Reader) -> dict[str, Any]:
    """Return a picture of the newest cohorts; nothing where there are none."""
    last = newest_day(reader)
    if last is None:
        return {}
    first = last - timedelta(days=_COHORTS_DRAWN - 1)
    rows = answers(reader, "cohort_retention_by_day", first, last)
    picture = in_markdown(_TITLE, drawn_heat_map(rows))
    return {"newest_cohorts": dg.MetadataValue.md(picture)}


def drawn_heat_map(rows: Sequence[Row]) -> bytes:
    """Return an SVG of the triangle of these cohorts."""

    def draw(axes: Any) -> None:
        axes.set_title(_TITLE, loc="left", fontsize=11)
        draw_triangle(axes, rows, _COHORTS_DRAWN - 1, _STYLE.series[0])

    return drawing(_STYLE, draw)
