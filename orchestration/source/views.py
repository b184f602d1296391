"""A view of events: which indexes on the tables below it serve a range of times."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestration.core.connection import Connection
from orchestration.core.event_columns import event_columns
from orchestration.core.settings import TableName
from orchestration.core.statements import failures, rows
from orchestration.source.ddl import quoted
from orchestration.source.index_trial import may_be_in_an_index
from orchestration.source.view_scans import (
    Node,
    TimeScan,
    is_read_whole,
    tables_read,
    time_scans,
)

# As for tables of many events, and times that are not known yet: no partition is left
# out. Set back afterwards, as what is explained next is to be planned as always.
_SETTINGS = {
    "plan_cache_mode": "force_generic_plan",
    "enable_partition_pruning": "off",
    "enable_seqscan": "off",
    "max_parallel_workers_per_gather": "0",
}
_RANGE = "recorded_at >= $1 and recorded_at < $2"

_ROOT = """
select n.nspname, c.relname, c.relkind::text
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.oid = coalesce(pg_partition_root(%s::regclass), %s::regclass)
"""
_FIRST_KEY = "select pg_get_indexdef(%s::regclass, 1, false)"
# Texts may be too long for an index.
_SHORT_COLUMNS = """
select quote_ident(attname) from pg_attribute
where attrelid = %s::regclass and attnum > 0 and attlen > 0
"""


@dataclass(frozen=True)
class TableBelow:
    """A table in which a range of the view's times is found.

    `index` serves it, or the partition that it is; where it is None, `definition`
    would: what stands after the table's name in DDL.
    """

    table: TableName
    kind: str
    index: TableName | None
    definition: str


@dataclass(frozen=True)
class ViewPlan:
    """How events are read from a view.

    `of_range`: those of all users; `of_no_user`: those without one. `read_whole`: all
    tables below it, where no index can serve, and then only they.
    """

    of_range: list[TableBelow]
    of_no_user: list[TableBelow]
    read_whole: list[TableName]


def plan_of_view(connection: Connection, view: TableName) -> ViewPlan:
    """Ask the planner how it finds a range of times in the tables below a view."""
    with failures(f"Looking at how {view} is read"):
        of_range = _explained(connection, view, _RANGE)
        of_no_user = _explained(connection, view, f"user_id is null and {_RANGE}")
        scans = list(time_scans(of_range))
        is_whole = not scans or is_read_whole(of_range)
        return ViewPlan(
            of_range=[] if is_whole else [_of_range(connection, one) for one in scans],
            of_no_user=list(_of_no_user(connection, scans, time_scans(of_no_user))),
            read_whole=tables_read(of_range) if is_whole else [],
        )


def view_script(connection: Connection, view: TableName) -> str:
    """Return the SQL that makes the indexes which a view lacks, with remarks."""
    return "\n".join(_script(connection, view))


def _script(connection: Connection, view: TableName) -> Iterator[str]:
    plan = plan_of_view(connection, view)
    if plan.read_whole:
        yield (
            f"-- the view {view} groups its events, makes them distinct or numbers "
            "them, so that no index can find those of a day: every run reads all of "
            "the tables below it. Make a materialized view of it, which can have "
            "indexes"
        )
        return
    every = plan.of_range + plan.of_no_user
    # Each once, though each partition was looked at.
    lacking = dict.fromkeys(one for one in every if one.index is None)
    if not lacking:
        served = {one.table: one.index for one in plan.of_range if one.index}
        by = ", ".join(f"{table} by {index.name}" for table, index in served.items())
        yield f"-- nothing to do: the tables below {view} have indexes: {by}"
    else:
        yield f"-- {view} is a view: the owners of the tables below it can run this"
    for below in lacking:
        yield from _creation(connection, below)


def _creation(connection: Connection, below: TableBelow) -> Iterator[str]:
    table, definition = below.table, below.definition
    name = quoted(connection, table)
    if below.kind == "f":
        yield f"-- {table} is a foreign table: its server is to have an index"
        yield f"-- on it {definition}"
    elif not may_be_in_an_index(connection, name, definition):
        yield (
            f"-- {table} can have no index {definition}: its values depend on the "
            "session's time zone; let the view say which: AT TIME ZONE 'UTC'"
        )
    else:
        is_whole = below.kind == "p"
        way = "(its writers wait meanwhile)" if is_whole else "(blocks no writer)"
        yield f"-- {table} lacks an index on {definition}; this makes it {way}"
        concurrently = "" if is_whole else "concurrently "
        yield f"create index {concurrently}on {name} {definition};"
        yield f"analyze {name};"


def _explained(connection: Connection, view: TableName, condition: str) -> Node:
    columns = event_columns()
    kind, events = columns.time_type, columns.relation(view)
    query = f"select user_id, course_id, recorded_at from {events} as events"  # noqa: S608  # quoted
    settings = "; ".join(f"set {name} = {value}" for name, value in _SETTINGS.items())
    resets = "; ".join(f"reset {name}" for name in _SETTINGS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{settings}; "
            f"prepare fast_dau_range ({kind}, {kind}) as {query} where {condition}"
        )
        cursor.execute(
            "explain (verbose, format json) execute fast_dau_range (null, null)"
        )
        [([found],)] = cursor.fetchall()
        cursor.execute(f"deallocate fast_dau_range; {resets}")
    plan: Node = found["Plan"]
    return plan


def _of_range(connection: Connection, scan: TimeScan) -> TableBelow:
    """Return its table, and the index that begins with the time, if it is used."""
    name = quoted(connection, scan.table)
    index = scan.index
    if index:
        [(first_key,)] = rows(connection, _FIRST_KEY, quoted(connection, index))
        # Printed with more brackets, or fewer.
        same = {re.sub(r"[()\s]", "", text) for text in (first_key, scan.time)}
        index = index if len(same) == 1 else None
    short = {column for (column,) in rows(connection, _SHORT_COLUMNS, name)}
    # The index alone serves where it has every column, or it had better have none.
    others = sorted(scan.needed.difference(scan.ids))
    included = [*scan.ids, *others] if short.issuperset(others) else []
    include = f" include ({', '.join(included)})" if included else ""
    return _below(connection, scan, index, f"({_key(scan.time)}){include}")


def _of_no_user(
    connection: Connection, of_range: list[TimeScan], of_no_user: Iterable[TimeScan]
) -> Iterator[TableBelow]:
    """Yield their tables; nothing of one in which the user is no column."""
    # The view may want other columns to be null.
    usual = {scan.table: scan.nulls for scan in of_range}
    for scan in of_no_user:
        users = sorted(scan.nulls - usual.get(scan.table, frozenset()))
        if users:
            rest = f"where {users[0]} is null"
            yield _below(connection, scan, None, f"({_key(scan.time)}) {rest}")
        elif scan.index:
            yield _below(connection, scan, scan.index, "")


def _below(
    connection: Connection, scan: TimeScan, index: TableName | None, definition: str
) -> TableBelow:
    name = quoted(connection, scan.table)
    [(schema, table, kind)] = rows(connection, _ROOT, name, name)
    return TableBelow(TableName(schema, table), kind, index, definition)


def _key(time: str) -> str:
    is_column = re.fullmatch(r'"(?:[^"]|"")+"|\w+', time)
    return time if is_column else f"({time})"
