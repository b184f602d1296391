"""The query patterns: one file each, of everything that is run or promised.

A file is a Jinja template: YAML in a comment, that says who asks and what the plan has
to be, and then the query. Files are in folders by who asks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml

_FOLDER = Path(__file__).parent / "patterns"
# The queries are files of this package, rendered as SQL, not as a web page.
_FILES = jinja2.Environment(  # noqa: S701
    loader=jinja2.FileSystemLoader(_FOLDER), undefined=jinja2.StrictUndefined
)
_FILE = re.compile(r"/\*\n(?P<promise>.*?)\n\*/\n(?P<query>.*)", re.DOTALL)


@dataclass(frozen=True)
class Reads:
    """How a pattern reads one table.

    `index`: the definition of the index that serves it, as after `create index on
    <table>`, with `unique` before it where it is; `alone`: only the index is read, and
    not the table; `in_full`: why the whole table is read, where it is.
    """

    index: str | None = None
    alone: bool = False
    in_full: str | None = None


@dataclass(frozen=True)
class Pattern:
    """A query, who runs it, and what its plan has to be.

    `pages` bounds how many pages it touches, by the rows that its scans pass on and not
    by the table: so many `plus`, and `per_row`; none where a table is read in full.
    """

    name: str
    asks: str
    by: str
    reads: Mapping[str, Reads]
    pages: Mapping[str, float] | None
    query: str

    @property
    def is_full_pass(self) -> bool:
        """Whether it reads a whole table that is not just a row a day."""
        return any(
            reads.in_full and table == "events" for table, reads in self.reads.items()
        )


def pattern_names() -> list[str]:
    """Return the names of all patterns: `<folder>/<file>`, in order."""
    return sorted(
        str(path.relative_to(_FOLDER).with_suffix(""))
        for path in _FOLDER.glob("*/*.sql")
    )


def read_pattern(name: str, context: Mapping[str, Any]) -> Pattern:
    """Return a pattern, rendered with the names and functions in `context`."""
    rendered = _FILES.get_template(f"{name}.sql").render(context)
    parts = _FILE.fullmatch(rendered)
    if parts is None:
        raise ValueError(f"{name}.sql does not begin with a comment of YAML")
    promise = yaml.safe_load(parts["promise"])
    return Pattern(
        name=name,
        asks=promise["asks"],
        by=promise["by"],
        reads={table: Reads(**how) for table, how in promise["reads"].items()},
        pages=promise.get("pages"),
        query=parts["query"],
    )
