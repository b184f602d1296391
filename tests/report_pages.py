"""Reads a report as a reader does: its tables, drawings and text."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

# The contrasts that WCAG 2.2 asks for, of text and of graphics.
TEXT, GRAPHICS = 4.5, 3.0


@dataclass
class ReportPage:
    """Tables by their labels, headings included; labels of drawings; all the text."""

    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    drawings: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = ReportPage()
        self._table: list[list[str]] = []
        self._is_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: text or "" for name, text in attrs}
        if "id" in given:
            self.page.names.append(given["id"])
        if tag == "svg":
            assert given["role"] == "img"
            self.page.drawings.append(given["aria-label"])
        elif given.get("role") == "region":
            self._table = self.page.tables[given["aria-label"]] = []
        elif tag == "tr":
            self._table.append([])
        elif tag in {"th", "td"}:
            assert tag == "td" or given["scope"] in {"col", "row"}
            self._table[-1].append("")
            self._is_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in {"th", "td"}:
            self._is_cell = False

    def handle_data(self, data: str) -> None:
        if self._is_cell:
            self._table[-1][-1] += data
        self.page.text += data


def read_page(path: Path) -> ReportPage:
    """Return what is on a page."""
    reader = _Reader()
    reader.feed(path.read_text())
    reader.page.text = " ".join(reader.page.text.split())
    return reader.page


def low_contrasts(path: Path) -> list[str]:
    """Return the colours that stand out too little from the paper, in each scheme."""
    schemes = re.findall(r":root \{(.*?)\}", path.read_text(), re.DOTALL)
    assert len(schemes) == 2
    found = []
    for scheme in schemes:
        colors = dict(re.findall(r"--([\w-]+): (#\w{6});", scheme))
        paper = _luminance(colors.pop("paper"))
        colors.pop("rule")  # lines to read by, which say nothing
        for name, color in colors.items():
            wanted = GRAPHICS if name.startswith("series") else TEXT
            dark, light = sorted([paper, _luminance(color)])
            if (light + 0.05) / (dark + 0.05) < wanted:
                found.append(f"{name}: {color}")
    return found


def _luminance(color: str) -> float:
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
