"""A chart of the report: a drawing in the page's own colours, told in words too."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from orchestration.answers.charts.by_day import Point
from orchestration.answers.charts.drawing import Style, drawing
from orchestration.answers.report.html_table import Table
from orchestration.answers.report.numbers import Row

# Colours that nothing else has, each drawn in place of a variable of the page's style.
_VARIABLES = {
    "#010101": "--ink",
    "#020202": "--rule",
    "#030303": "--series-1",
    "#040404": "--series-2",
    "#050505": "--series-3",
    "#060606": "--series-4",
}
# As wide as a phone, so that text on it keeps its size.
STYLE = Style(
    width=4.7,
    height=2.7,
    font_size=10,
    ink="#010101",
    rule="#020202",
    series=("#030303", "#040404", "#050505", "#060606"),
    ticks=5,
    is_transparent=True,
)


@dataclass(frozen=True)
class Chart:
    """A drawing under a heading; `says` tells its main numbers in a sentence or two.

    `name` is unique on the page, and goes before the names within the drawing.
    """

    name: str
    heading: str
    says: str
    svg: Markup
    table: Table


def chart(
    name: str, heading: str, says: str, table: Table, draw: Callable[[Any], None]
) -> Chart:
    """Return a chart that is drawn in the report's style."""
    svg = drawing(STYLE, draw).decode()
    return Chart(
        name, heading, says, inline_svg(svg, name, f"{heading}. {says}"), table
    )


def inline_svg(svg: str, name: str, label: str) -> Markup:
    """Return an SVG as part of a page that has others: no two names are the same.

    Its size is left to the page, its font is the page's, and so are its colours.
    """
    box = re.search(r'viewBox="[^"]*"', svg)
    if box is None:
        raise ValueError("The drawing has no viewBox.")
    # After matplotlib's style, which the page's own has.
    body = svg[svg.index("</defs>") + len("</defs>") : svg.rindex("</svg>")]
    referred = set(re.findall(r'(?:url\(|href=")#([^)"]+)', body))
    body = re.sub(
        r' id="([^"]*)"',
        lambda found: f' id="{name}-{found[1]}"' if found[1] in referred else "",
        body,
    )
    body = re.sub(r'(url\(|href=")#', rf"\g<1>#{name}-", body)
    body = re.sub(r"font-family: [^;\"]*; ?", "", body)
    for color, variable in _VARIABLES.items():
        body = body.replace(color, f"var({variable})")
    head = Markup('<svg role="img" aria-label="{}" {}>').format(
        label,
        Markup(box[0]),  # noqa: S704  # numbers
    )
    # Matplotlib has escaped what text there is in it.
    return head + Markup(body) + Markup("</svg>")  # noqa: S704


def points(rows: Sequence[Row], column: str) -> list[Point]:
    """Return the days on which a column has a number."""
    return [
        (row["activity_date"], float(row[column]), row["is_complete"])
        for row in rows
        if row[column] is not None
    ]
