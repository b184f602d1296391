"""What the catalog knows of the indexes that serve the events."""

from dataclasses import dataclass

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure
from orchestration.core.event_columns import EventColumns, quoted
from orchestration.core.event_variables import ROLES
from orchestration.source.relations import Relation


@dataclass(frozen=True)
class Definition:
    """An index on the events' time, in the words of the catalog and of DDL.

    `null_column`: it has only the rows in which that is null.
    """

    suffix: str
    key: str
    included: tuple[str, ...]
    null_column: str | None

    @property
    def ddl(self) -> str:
        """What stands after the table's name; patterns of explain have it so too."""
        included = ", ".join(map(short, self.included))
        rows = self.null_column and f" where {short(self.null_column)} is null"
        include = f" include ({included})" if included else ""
        return f"({short(self.key)}){include}{rows or ''}"


def definitions(columns: EventColumns) -> tuple[Definition, Definition]:
    """Return the two: of all events, and of those without a user, which are counted."""
    time, user = str(columns.name("performed_at")), str(columns.name("user_id"))
    included = [user, columns.name("course_id")]
    return (
        Definition("_performed_at_idx", time, tuple(filter(None, included)), None),
        Definition("_null_user_idx", time, (), user),
    )


def short(name: str) -> str:
    """Return a name as it stands in DDL, the usual ones without quotes."""
    return name if name in ROLES else quoted(name)


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
    and pg_get_expr(i.indpred, i.indrelid) is not distinct from
        '(' || quote_ident(%(null_column)s) || ' IS NULL)'
    and i.indnatts = 1 + cardinality(%(included)s::text[])
    and %(key)s = (
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
                "null_column": definition.null_column,
                "key": definition.key,
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


# Postgres reads an index either way. What else is in it does no harm.
_SERVING_INDEXES = """
select c.oid, n.nspname, c.relname, true, h.inhparent, null
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_am m on m.oid = c.relam and m.amname = 'btree'
join pg_opclass o on o.oid = i.indclass[cardinality(%(first)s::text[]) - 1]
left join pg_inherits h on h.inhrelid = i.indexrelid
cross join lateral (
    select array_agg(a.attname::text order by k.position) as names
    from unnest(i.indkey::int2[]) with ordinality as k (attnum, position)
    left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
) as columns
where i.indrelid = %(oid)s
    and i.indisvalid
    and i.indpred is null
    and o.opcdefault
    and i.indnkeyatts >= cardinality(%(first)s::text[])
    and columns.names[:cardinality(%(first)s::text[])] = %(first)s::text[]
    and columns.names @> %(included)s::text[]
order by c.relname
"""


def serving_indexes(
    connection: Connection, definition: Definition, relation: Relation
) -> list[Index]:
    """Return the relation's valid indexes that serve as well as the definition's.

    They begin with its key, for events without a user after the user, and have what it
    includes among their further columns; all rows are in them.
    """
    first = [definition.null_column, definition.key]
    values = {
        "oid": relation.oid,
        "first": [column for column in first if column is not None],
        "included": list(definition.included),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SERVING_INDEXES, values)
        return [Index(*row) for row in cursor]


def is_taken(connection: Connection, schema: str, name: str) -> bool:
    """Tell whether the schema has a relation of this name: table, index or other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname = %s and c.relname = %s",
            (schema, name),
        )
        return cursor.rowcount > 0
