"""What the catalog knows of the indexes that serve the events."""

from dataclasses import dataclass

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure
from orchestration.source.relations import Relation


@dataclass(frozen=True)
class Definition:
    """An index on performed_at, in the words of the catalog and of DDL."""

    suffix: str
    included: tuple[str, ...]
    predicate: str | None
    ddl: str


DEFINITIONS = (
    Definition(
        "_performed_at_idx",
        ("user_id", "course_id"),
        None,
        "(performed_at) include (user_id, course_id)",
    ),
    # Counts the events without a user without a scan of the table.
    Definition(
        "_null_user_idx",
        (),
        "(user_id IS NULL)",
        "(performed_at) where user_id is null",
    ),
)


@dataclass(frozen=True)
class Index:
    """An index that serves a Definition; `built_by`: the process still building it."""

    oid: int
    schema: str
    name: str
    valid: bool
    attached_to: int | None
    built_by: int | None


# By what an index is, not by its name, and as strictly as `attach partition` does:
# the included columns in this order, not unique. An expression has no attribute, so
# that the names are fewer than indnatts; indoption 0 is ascending, nulls last.
_SAME_INDEXES = """
select c.oid, n.nspname, c.relname, i.indisvalid, h.inhparent, p.pid
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_am m on m.oid = c.relam and m.amname = 'btree'
left join pg_inherits h on h.inhrelid = i.indexrelid
left join pg_stat_progress_create_index p on p.index_relid = i.indexrelid
where i.indrelid = %(oid)s
    and i.indnkeyatts = 1
    and not i.indisunique
    and i.indoption::text = '0'
    and pg_get_expr(i.indpred, i.indrelid) is not distinct from %(predicate)s
    and i.indnatts = 1 + cardinality(%(included)s::text[])
    and 'performed_at' = (
        select a.attname from pg_attribute a
        where a.attrelid = i.indrelid and a.attnum = i.indkey[0])
    and %(included)s::text[] = array(
        select a.attname::text
        from unnest((i.indkey::int2[])[1:]) with ordinality as k (attnum, position)
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        order by k.position)
order by i.indisvalid desc, c.relname
"""


def same_indexes(
    connection: Connection, definition: Definition, relation: Relation
) -> list[Index]:
    """Return the relation's indexes of this definition, valid ones first.

    Raises Failure where one of them is being built at this moment.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _SAME_INDEXES,
            {
                "oid": relation.oid,
                "included": list(definition.included),
                "predicate": definition.predicate,
            },
        )
        found = [Index(*row) for row in cursor]
    for index in found:
        if index.built_by:
            raise Failure(
                f"Index {index.schema}.{index.name} is being built by the server's "
                f"process {index.built_by}: run this again when it is done."
            )
    return found


def is_taken(connection: Connection, schema: str, name: str) -> bool:
    """Tell whether the schema has a relation of this name: table, index or other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname = %s and c.relname = %s",
            (schema, name),
        )
        return cursor.rowcount > 0
