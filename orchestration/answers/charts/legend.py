"""A legend above the axes, in one line, where it hides nothing."""

from typing import Any


def draw_legend(axes: Any, *, reverse: bool = False) -> None:
    """Name what is drawn with a label: lines before bars, or in reverse."""
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.02, 1),
        ncols=4,
        reverse=reverse,
        frameon=False,
        handlelength=1.3,
        handletextpad=0.4,
        columnspacing=1,
        borderaxespad=0,
    )
