"""The events table, its partitions, and its children by inheritance."""

from dataclasses import dataclass

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.settings import TableName
from orchestration.core.statements import failures
from orchestration.source.ddl import quoted


@dataclass(frozen=True)
class Relation:
    """The events table or one below it; `oid` 0 is one not yet made.

    `parent`: of a partition. It is None for the events table and for children by
    inheritance, which get nothing from their parents: neither indexes nor triggers.
    """

    oid: int
    parent: int | None
    schema: str
    name: str
    kind: str


# All that Postgres reads where the events are read. A child may have several parents,
# and a temporary one is there for its own session only.
_TREE = """
with recursive tree as (
    select to_regclass(%(events)s)::oid as oid, 0 as level
    union
    select inhrelid, level + 1
    from tree
    join pg_inherits on inhparent = tree.oid and not inhdetachpending
)

select
    c.oid,
    case when c.relispartition and level > 0 then (
        select inhparent from pg_inherits where inhrelid = c.oid
    ) end,
    n.nspname,
    c.relname,
    c.relkind::text
from (select oid, min(level) as level from tree group by oid) as tree
join pg_class c on c.oid = tree.oid
join pg_namespace n on n.oid = c.relnamespace
where c.relpersistence <> 't' or level = 0
order by level, c.relname
"""


def tree_of(connection: Connection, table: TableName) -> list[Relation]:
    """Return the table and all partitions and children of every level, parents first.

    Empty where there is no such table. Raises UserError for a foreign table among
    them: it can have no index.
    """
    with connection.cursor() as cursor, failures(f"Looking up {table}"):
        cursor.execute(_TREE, {"events": quoted(connection, table)})
        found = [Relation(*row) for row in cursor]
    for relation in found[1:]:
        if relation.kind == "f":
            what = "Partition" if relation.parent else "Child"
            raise UserError(
                f"{what} {relation.schema}.{relation.name} is a foreign table and "
                "can have no index: detach it, or keep such events in a local table."
            )
    return found
