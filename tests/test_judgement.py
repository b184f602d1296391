"""How `fast-dau explain` judges plans, by plans made up for it."""

from typing import Any, cast

import pytest

from orchestration.core.settings import TableName
from orchestration.trust.explain.catalog import Catalog, Index, Table
from orchestration.trust.explain.judgement import findings
from orchestration.trust.explain.patterns import Pattern, Reads
from orchestration.trust.explain.query_plans import Plan, Scan, read_plan

EVENTS = TableName("public", "events")
INDEX = TableName("public", "events_idx")
SERVED = Reads(index="(performed_at)", alone=True)
ROWS = 10_000


def judged(reads: Reads, *, is_valid: bool = True, **scan: Any) -> list[str]:
    """Return what is wrong with one scan of the events, a big table with an index."""
    # Its constructor would read all of this from a database.
    catalog = cast("Any", Catalog.__new__(Catalog))
    catalog.names = {"events": EVENTS}
    catalog.tables = {EVENTS: Table(EVENTS, EVENTS, ROWS, 500)}
    catalog.indexes = {
        INDEX: Index(INDEX, EVENTS, is_valid, frozenset({"(performed_at)"}))
    }
    catalog.events_ddl = None
    catalog.has_view = False
    usual = {"kind": "Seq Scan", "indexes": (), "rows_removed": 0, "heap_fetches": 0}
    given: dict[str, Any] = usual | scan
    plan = Plan((Scan(EVENTS, **given),), None, None, None)
    pattern = Pattern("reads/one", "?", "all", {"events": reads}, None, "")
    return [finding.text for finding in findings(pattern, plan, catalog)]


@pytest.mark.parametrize(
    ("scan", "complaint"),
    [
        ({"rows": 100, "rows_removed": 9_900}, "the planner does not use it"),
        ({"rows": 1_001, "rows_removed": 8_999}, None),
        ({"rows": 100, "rows_removed": 9_900, "is_valid": False}, "lacks an index"),
        ({"rows": 5_000, "is_valid": False}, "lacks an index"),
        ({"rows": 100, "kind": "Index Only Scan", "indexes": (INDEX,)}, None),
        ({"rows": 100, "kind": "Index Scan", "indexes": (INDEX,)}, "page by page"),
        (
            {
                "rows": 100,
                "kind": "Index Only Scan",
                "indexes": (INDEX,),
                "heap_fetches": 90,
            },
            "page by page",
        ),
    ],
    ids=str,
)
def test_a_table_is_to_be_served_by_its_index_unless_much_of_it_is_wanted(
    scan: dict[str, Any], complaint: str | None
) -> None:
    found = judged(SERVED if "indexes" in scan else Reads("(performed_at)"), **scan)

    assert len(found) == (complaint is not None)
    assert all(str(complaint) in text for text in found)


@pytest.mark.parametrize(
    ("rows", "removed", "is_wrong"),
    [(100, 9_900, True), (5_000, 0, False), (100, 800, False)],
)
def test_a_table_is_read_in_full_where_most_of_what_is_read_is_for_nothing(
    rows: int, removed: int, is_wrong: bool
) -> None:
    found = judged(Reads(), rows=rows, rows_removed=removed)

    assert found == (["public.events is read in full"] if is_wrong else [])


def test_the_rows_of_a_scan_are_those_of_all_its_loops() -> None:
    node = {
        "Node Type": "Index Scan",
        "Schema": "public",
        "Relation Name": "events",
        "Index Name": "events_idx",
        "Actual Rows": 2.5,
        "Plan Rows": 1,
        "Actual Loops": 4,
        "Rows Removed by Filter": 1.5,
        "Shared Hit Blocks": 7,
        "Shared Read Blocks": 2,
    }
    plan = read_plan({"Plan": node, "Execution Time": 1.5})

    assert plan == Plan(
        (Scan(EVENTS, "Index Scan", (INDEX,), 10, 6, 0),), 2, 9, milliseconds=1.5
    )
