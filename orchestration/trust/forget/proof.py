"""Proves that no table holds a user any more."""

from dataclasses import astuple

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure
from orchestration.core.event_columns import EventColumns
from orchestration.core.settings import TableName, rollup_schema
from orchestration.core.statements import identifier, rows
from orchestration.source.user_keys import keys_table
from orchestration.trust.forget.owners import Owners

# Tables that hold rows of their own, and whether their user ids are whole numbers.
_TABLES = """
select
    namespace.nspname,
    class.relname,
    attribute.attname,
    attribute.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
from pg_attribute as attribute
join pg_class as class on attribute.attrelid = class.oid
join pg_namespace as namespace on class.relnamespace = namespace.oid
where
    not attribute.attisdropped
    and class.relkind in ('r', 'p', 'm', 'f')
    and not class.relispartition
    and (
        (namespace.nspname, attribute.attname) = (%s, 'user_id')
        or (namespace.nspname, class.relname, attribute.attname)
        in ((%s, %s, %s), (%s, %s, 'user_id'))
    )
order by 1, 2
"""


def prove_erased(
    connection: Connection,
    owners: Owners,
    user_id: int | str,
    events: TableName,
    columns: EventColumns,
) -> list[TableName]:
    """Return the tables that were searched for the user, none of which holds a row.

    They are those of the rollup's schema with a column user_id, whoever made them, and
    the events and their keys. Raises Failure that names the tables with rows left.
    """
    keys = keys_table(events)
    user = columns.name("user_id")
    named = (rollup_schema(), *astuple(events), user, *astuple(keys))
    tables = []
    left = []
    for table_schema, name, column, is_whole in rows(connection, _TABLES, *named):
        table = TableName(table_schema, name)
        tables.append(table)
        condition = _condition(column, columns.user_id_type, is_whole=is_whole)
        query = "select count(*) from {table} where {condition}"
        (count,) = owners.of(table).answers(
            query, user_id, table=identifier(table), condition=condition
        )
        if count != "0":
            left.append(f"{table} ({int(count or 0):,})")
    if left:
        raise Failure(
            f"Rows of user {user_id} would be left in {', '.join(left)}: written "
            "meanwhile, or in a table that `fast-dau forget` does not know, or kept by "
            "a trigger. Delete them, or drop the table, and try again. Nothing was "
            "changed."
        )
    return tables


def _condition(column: str, kind: str, *, is_whole: bool) -> sql.Composed:
    """Return that a column, of whatever type, has the user, whose id is of a kind."""
    condition = "{}::text = %s::text"
    if is_whole and kind in {"smallint", "integer", "bigint"}:
        condition = "{} = %s"
    elif kind in {"citext", "uuid"}:
        condition = "lower({}::text) = lower(%s)"
    return sql.SQL(condition).format(sql.Identifier(column))
