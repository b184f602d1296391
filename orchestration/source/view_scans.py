"""What a plan of a view says: which tables below it are read by the time, and how."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.core.settings import TableName

Node = Mapping[str, Any]

# How the plan shows the first moment of the range asked for.
_BOUND = " >= $1"
_TEXT = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_NAME = r'("(?:[^"]|"")+"|\w+)'


@dataclass(frozen=True)
class TimeScan:
    """A scan of a table below a view, for a range of times.

    `time`: the expression on the table's columns that is compared, as Postgres prints
    it; `ids`: its columns that are the view's users and courses; `needed`: all that
    the query needs; `nulls`: those of which each row is looked at for nulls; `index`:
    finds the range.
    """

    table: TableName
    time: str
    ids: tuple[str, ...]
    needed: frozenset[str]
    nulls: frozenset[str]
    index: TableName | None


def time_scans(top: Node) -> Iterator[TimeScan]:
    """Yield the scans by the time of a query of user, course and time."""
    # One of a union's queries has the view's columns, null where nobody asks for them.
    if top["Node Type"] in {"Append", "Merge Append", "Subquery Scan"}:
        for child in top.get("Plans", []):
            yield from time_scans(child)
        return
    for node in _nodes(top):
        condition = " and ".join(_conditions(node))
        if "Relation Name" in node and _BOUND in condition:
            yield _time_scan(top, node, condition)


def is_read_whole(top: Node) -> bool:
    """Tell whether the range is taken from something that was made of whole tables."""
    return any(
        _BOUND in condition
        for node in _nodes(top)
        if "Relation Name" not in node and node["Node Type"] != "Bitmap Index Scan"
        for condition in _conditions(node)
    )


def tables_read(top: Node) -> list[TableName]:
    """Return the tables of a plan, each once."""
    nodes = (node for node in _nodes(top) if "Relation Name" in node)
    names = (TableName(node["Schema"], node["Relation Name"]) for node in nodes)
    return list(dict.fromkeys(names))


def _time_scan(query: Node, node: Node, condition: str) -> TimeScan:
    alias = re.escape(node["Alias"].replace('"', '""'))
    column = re.compile(rf'(?<![\w".])"?{alias}"?\.{_NAME}')
    conditions = [text for one in _nodes(query) for text in _conditions(one)]
    needed = column.findall(" ".join([*query["Output"], *conditions]))
    ids = map(column.fullmatch, query["Output"])
    nulls = re.findall(rf"\({column.pattern} IS NULL\)", node.get("Filter", ""))
    time = column.sub(r"\1", _compared(condition))
    names = [one for one in _nodes(node) if _BOUND in one.get("Index Cond", "")]
    return TimeScan(
        table=TableName(node["Schema"], node["Relation Name"]),
        time=time,
        ids=tuple(one[1] for one in ids if one and one[1] != time),
        needed=frozenset(needed) - {time},
        nulls=frozenset(nulls),
        index=TableName(node["Schema"], names[0]["Index Name"]) if names else None,
    )


def _nodes(top: Node) -> Iterator[Node]:
    yield top
    for child in top.get("Plans", []):
        yield from _nodes(child)


def _conditions(node: Node) -> Iterator[str]:
    for key, text in node.items():
        if key.endswith(("Cond", "Filter", "Remote SQL")) and isinstance(text, str):
            yield text


def _compared(condition: str) -> str:
    """Return what is compared with the bound: back to the bracket that opens before."""
    end = condition.index(_BOUND)
    brackets = _TEXT.sub(lambda text: "-" * len(text[0]), condition)
    depth = 0
    for position in range(end - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(brackets[position], 0)
        if depth < 0:
            return condition[position + 1 : end]
    return condition[:end]
