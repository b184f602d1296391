"""Proves that no table holds a user any more."""

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure
from orchestration.core.settings import TableName, rollup_schema
from orchestration.core.statements import identifier, rows
from orchestration.source.user_keys import keys_table
from orchestration.trust.forget.owners import Owners

# Tables that hold rows of their own, and whether their user ids are whole numbers.
_TABLES = """
select
    namespace.nspname,
    class.relname,
    attribute.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
from pg_attribute as attribute
join pg_class as class on attribute.attrelid = class.oid
join pg_namespace as namespace on class.relnamespace = namespace.oid
where
    attribute.attname = 'user_id'
    and not attribute.attisdropped
    and class.relkind in ('r', 'p', 'm', 'f')
    and not class.relispartition
    and (
        namespace.nspname = %s
        or (namespace.nspname, class.relname) in ((%s, %s), (%s, %s))
    )
order by 1, 2
"""


def prove_erased(
    connection: Connection, owners: Owners, user_id: int, events: TableName
) -> list[TableName]:
    """Return the tables that were searched for the user, none of which holds a row.

    They are those of the rollup's schema with a column user_id, whoever made them, and
    the events and their keys. Raises Failure that names the tables with rows left.
    """
    keys = keys_table(events)
    named = (rollup_schema(), events.schema, events.name, keys.schema, keys.name)
    tables = []
    left = []
    for table_schema, name, is_whole in rows(connection, _TABLES, *named):
        table = TableName(table_schema, name)
        tables.append(table)
        if count := _count(owners, table, user_id, is_whole=is_whole):
            left.append(f"{table} ({count:,})")
    if left:
        raise Failure(
            f"Rows of user {user_id} would be left in {', '.join(left)}: written "
            "meanwhile, or in a table that `fast-dau forget` does not know, or kept by "
            "a trigger. Delete them, or drop the table, and try again. Nothing was "
            "changed."
        )
    return tables


def _count(owners: Owners, table: TableName, user_id: int, *, is_whole: bool) -> int:
    condition = "user_id = %s" if is_whole else "user_id::text = %s::text"
    query = f"select count(*) from {{table}} where {condition}"  # noqa: S608  # ours
    (count,) = owners.of(table).answers(query, user_id, table=identifier(table))
    return int(count or 0)
