"""What a plan says: each scan of a table, the index that serves it, rows and pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.core.connection import Connection
from orchestration.core.settings import TableName
from orchestration.core.statements import execute


@dataclass(frozen=True)
class Scan:
    """One scan in a plan; without `analyze`, rows are the planner's estimate.

    `rows` passed its filters, in all loops, and `rows_removed` did not; `heap_fetches`
    are the rows for which an index-only scan had to go to the table after all.
    """

    table: TableName
    kind: str
    indexes: tuple[TableName, ...]
    rows: int
    rows_removed: int
    heap_fetches: int


@dataclass(frozen=True)
class Plan:
    """A query's plan; where it was run: rows, pages touched, and milliseconds."""

    scans: tuple[Scan, ...]
    rows: int | None
    pages: int | None
    milliseconds: float | None


def explain(
    connection: Connection, query: str, values: Mapping[str, Any], *, run: bool
) -> Plan:
    """Return the plan of a query, with planner settings as they are."""
    options = "analyze, buffers, timing off, verbose" if run else "verbose"
    with connection.cursor() as cursor:
        execute(cursor, f"explain ({options}, format json) {query}", values)
        ((found,),) = cursor.fetchall()
    return read_plan(found[0])


def read_plan(found: Mapping[str, Any]) -> Plan:
    """Return what `explain (verbose, format json)` printed."""
    top = found["Plan"]
    was_run = "Actual Rows" in top
    return Plan(
        scans=tuple(_scans(top)),
        rows=round(top["Actual Rows"]) if was_run else None,
        pages=top["Shared Hit Blocks"] + top["Shared Read Blocks"] if was_run else None,
        milliseconds=found.get("Execution Time"),
    )


def _scans(node: Mapping[str, Any]) -> Iterator[Scan]:
    if "Relation Name" in node and node["Node Type"].endswith("Scan"):
        loops = node.get("Actual Loops", 1)
        rows = node.get("Actual Rows", node["Plan Rows"])
        yield Scan(
            table=TableName(node["Schema"], node["Relation Name"]),
            kind=node["Node Type"],
            indexes=tuple(
                TableName(node["Schema"], name) for name in _index_names(node)
            ),
            rows=round(rows * loops),
            rows_removed=round(node.get("Rows Removed by Filter", 0) * loops),
            heap_fetches=node.get("Heap Fetches", 0),
        )
    for child in node.get("Plans", []):
        yield from _scans(child)


def _index_names(node: Mapping[str, Any]) -> Iterator[str]:
    if "Index Name" in node:
        yield node["Index Name"]
    elif node["Node Type"].startswith("Bitmap"):  # a heap scan, or, and
        for child in node["Plans"]:
            yield from _index_names(child)
