"""Compares a plan with its pattern's promise, and says in words what is not kept."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.core.settings import TableName
from orchestration.trust.explain.catalog import FEW_PAGES, Catalog, Index
from orchestration.trust.explain.patterns import Pattern, Reads
from orchestration.trust.explain.query_plans import Plan, Scan

# An index-only scan that goes to the table for more than this share of its rows reads
# it page by page all the same.
_MANY_FETCHES = 0.1
# Whoever wants more than this share of a table is served well by all of it.
_MUCH = 0.1


@dataclass(frozen=True)
class Finding:
    """What is wrong with a plan, and the SQL or command that mends it."""

    text: str
    mend: str


def findings(pattern: Pattern, plan: Plan, catalog: Catalog) -> list[Finding]:
    """Return what the pattern promises and the plan does not keep."""
    found: list[Finding] = []
    for name, table in catalog.names.items():
        scans = [scan for scan in plan.scans if catalog.is_big_part(scan.table, table)]
        if scans:
            promise = pattern.reads.get(name, Reads())
            found += _of_table(table, promise, scans, catalog)
    return found or list(_of_pages(pattern, plan, catalog))


def _of_table(
    table: TableName, reads: Reads, scans: list[Scan], catalog: Catalog
) -> Iterator[Finding]:
    rows = catalog.rows(table)
    if reads.index and not _is_served(reads.index, scans, catalog):
        valid = [i for i in catalog.indexes_of(table, reads.index) if i.is_valid]
        if not valid or not _wants_much(scans, rows):
            yield _unserved(table, reads.index, catalog)
    elif reads.in_full is None and any(_is_full(scan, rows) for scan in scans):
        mend = f"analyze {_parts(table, catalog)};"
        if table == catalog.names["events"]:
            mend = catalog.events_ddl or mend
        yield Finding(f"{table} is read in full", mend)
    # Of what a view asks of its tables, nobody promises how much an index has.
    elif (
        reads.alone
        and not catalog.is_view_of_events(table)
        and any(_leaves_index(scan) for scan in scans)
    ):
        yield Finding(
            f"{table} is read page by page, where its index alone has all that is "
            "asked for",
            f"vacuum (analyze) {quoted(table)};",
        )


def _parts(table: TableName, catalog: Catalog) -> str:
    return ", ".join(map(quoted, catalog.parts(table)))


def _is_served(definition: str, scans: list[Scan], catalog: Catalog) -> bool:
    return any(
        definition in catalog.indexes[name].serves
        for scan in scans
        for name in scan.indexes
    )


def _wants_much(scans: list[Scan], rows: int) -> bool:
    """Tell whether another way than by the index may rightly be the cheaper one."""
    return any(scan.rows > _MUCH * rows for scan in scans)


def _is_full(scan: Scan, rows: int) -> bool:
    """Tell whether much of a table is read, most of it for nothing."""
    read = scan.rows + scan.rows_removed
    return read > _MUCH * rows and scan.rows < _MUCH * read


def _leaves_index(scan: Scan) -> bool:
    fetches_many = scan.heap_fetches > _MANY_FETCHES * scan.rows + FEW_PAGES
    return scan.kind != "Index Only Scan" or fetches_many


def _unserved(table: TableName, definition: str, catalog: Catalog) -> Finding:
    there = catalog.indexes_of(table, definition)
    wanted = definition.removeprefix("unique ")
    for index in there:
        if index.is_valid:
            return Finding(
                f"{table} has an index on {wanted}, and the planner does not use it",
                f"analyze {_parts(table, catalog)};\n"
                "-- or, where its rows are spread over the table, in a quiet hour:\n"
                f'cluster {quoted(index.table)} using "{index.name.name}";',
            )
    mend = index_ddl(table, definition, there)
    if table == catalog.names["events"]:
        mend = catalog.events_ddl or mend
    return Finding(f"{table} lacks an index on {wanted}", mend)


def index_ddl(table: TableName, definition: str, leftovers: list[Index]) -> str:
    """Return statements that make an index and block no writer.

    `leftovers`: invalid ones of a build that was cancelled, which take its place.
    """
    columns = definition.removeprefix("unique ")
    kind = "index" if columns == definition else "unique index"
    drops = [f"drop index concurrently {quoted(index.name)};\n" for index in leftovers]
    return "".join(drops) + f"create {kind} concurrently on {quoted(table)} {columns};"


def quoted(name: TableName) -> str:
    """Return a name as it stands in SQL."""
    parts = (part.replace('"', '""') for part in (name.schema, name.name))
    return ".".join(f'"{part}"' for part in parts)


def _of_pages(pattern: Pattern, plan: Plan, catalog: Catalog) -> Iterator[Finding]:
    if plan.pages is None or pattern.pages is None:
        return
    if "events" in pattern.reads and catalog.is_view_of_events(catalog.names["events"]):
        return
    rows = sum(scan.rows for scan in plan.scans)
    allowed = round(pattern.pages["plus"] + pattern.pages["per_row"] * rows)
    # A small table that is read in full is a few pages more than its promise.
    allowed += FEW_PAGES * len(plan.scans)
    if plan.pages > allowed:
        tables = [quoted(catalog.names[name]) for name in pattern.reads]
        yield Finding(
            f"{plan.pages:,} pages are read, where {allowed:,} are enough for its rows",
            f"vacuum (analyze) {', '.join(tables)};",
        )
