"""A drawing: one pair of axes, in a style, as SVG that is equal for equal data."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


@dataclass(frozen=True)
class Style:
    """Width and height in inches, text in points, colours as matplotlib knows them.

    `series` are the colours of what is counted, in the order in which they are used;
    `ink` is that of text, `rule` that of lines to read by. `ticks`: at most so many
    days are named.
    """

    width: float
    height: float
    font_size: float
    ink: str
    rule: str
    series: tuple[str, ...]
    ticks: int
    is_transparent: bool = False


def drawing(style: Style, draw: Callable[[Any], None]) -> bytes:
    """Return as SVG what `draw` draws on new axes."""
    out = io.BytesIO()
    with rc_context(
        {
            # Text as text, the same names each time: small, equal for equal data.
            "svg.fonttype": "none",
            "svg.hashsalt": "fast-dau",
            "font.size": style.font_size,
            "text.color": style.ink,
            "axes.labelcolor": style.ink,
            "axes.edgecolor": style.ink,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "grid.color": style.rule,
            "xtick.color": style.ink,
            "ytick.color": style.ink,
        }
    ):
        figure = Figure(figsize=(style.width, style.height), layout="constrained")
        axes = figure.subplots()
        draw(axes)
        if not axes.has_data():
            axes.text(
                *(0.5, 0.5, "Nothing to show for these days"),
                transform=axes.transAxes,
                ha="center",
            )
        figure.savefig(
            out,
            format="svg",
            metadata=_NO_METADATA,
            transparent=style.is_transparent,
        )
    return out.getvalue()
