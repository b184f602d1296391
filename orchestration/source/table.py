"""The events table itself: checked, or created where there is none."""

from collections.abc import Callable
from dataclasses import dataclass

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure, UserError
from orchestration.core.settings import TableName, events_table
from orchestration.core.statements import failures
from orchestration.source import ddl
from orchestration.source.change_log import change_log_steps
from orchestration.source.indexes import IndexPlan
from orchestration.source.relations import Relation, tree_of

COLUMN_TYPES = {
    "user_id": "integer",
    "course_id": "integer",
    "kind": "text",
    "performed_at": "timestamp without time zone",
    "properties": "jsonb",
}

_KINDS = {
    "v": "a view",
    "m": "a materialized view",
    "f": "a foreign table",
    "S": "a sequence",
    "i": "an index",
    "I": "an index",
    "c": "a composite type",
}

# What there is, by whether the change log is wanted, not wanted, or left as it is.
COMPLETE = {
    True: "its columns, indexes and change log",
    False: "its columns and indexes, and no change log",
    None: "its columns and indexes",
}

_RELATION = """
select c.oid, null, n.nspname, c.relname, c.relkind::text,
    pg_get_userbyid(c.relowner), pg_has_role(c.relowner, 'usage')
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = %s and c.relname = %s
"""

# Without the typmod: timestamp(3) is a timestamp too. To a collation that is not
# deterministic several kinds are one.
_COLUMNS = """
select
    attname,
    format_type(atttypid, null)
    || coalesce(' collate ' || quote_ident(collname), '')
from pg_attribute
left join pg_collation
    on pg_collation.oid = attcollation and not collisdeterministic
where attrelid = %s and attnum > 0 and not attisdropped
"""


@dataclass(frozen=True)
class _Existing:
    relation: Relation
    owner: str
    may_alter: bool


def require_events_table(
    connection: Connection, table: TableName | None = None
) -> TableName:
    """Return the events table's name, for commands that read or fill it.

    Raises UserError where there is none, or where its columns are not the five
    that the models read.
    """
    table = table or events_table()
    existing = _find(connection, table)
    if existing is None:
        raise UserError(
            f"There is no table {table}: create it with `fast-dau init`, or name yours "
            "with the variables fast_dau_events_schema and fast_dau_events_table."
        )
    _check(connection, table, existing.relation)
    return table


def init_events_table(
    connection: Connection,
    table: TableName,
    report: Callable[[str], None],
    *,
    change_log: bool | None = None,
) -> bool:
    """Create the events table or its missing indexes; False: nothing was missing.

    `change_log`: install it, remove it, or (None) leave it as it is. `report` gets a
    line before each step. Writers are not blocked. Switches the connection to
    autocommit. Raises UserError for a table of another shape, before any change, and
    Failure where the server refuses.
    """
    connection.autocommit = True
    with ddl.alone(connection, table):
        existing = _find(connection, table)
        steps = _plan(connection, table, existing, change_log)
        if steps and existing and not existing.may_alter:
            raise Failure(
                f"{table} belongs to {existing.owner}, and only its owner may give it "
                "indexes and triggers: connect as its owner, or hand them what this "
                "prints with `--dry-run`."
            )
        ddl.run(connection, table, steps, report)
    return bool(steps)


def init_script(
    connection: Connection, table: TableName, *, change_log: bool | None = None
) -> str:
    """Return the SQL that `init_events_table` would run, as a script for psql."""
    existing = _find(connection, table)
    steps = _plan(connection, table, existing, change_log)
    if not steps:
        return f"-- nothing to do: {table} has {COMPLETE[change_log]}"
    return ddl.script(steps)


def _find(connection: Connection, table: TableName) -> _Existing | None:
    with connection.cursor() as cursor, failures(f"Looking up {table}"):
        cursor.execute(_RELATION, (table.schema, table.name))
        row = cursor.fetchone()
    return _Existing(Relation(*row[:5]), *row[5:]) if row else None


def _plan(
    connection: Connection,
    table: TableName,
    existing: _Existing | None,
    change_log: bool | None,
) -> list[ddl.Step]:
    if existing is None:
        tree = [Relation(0, None, table.schema, table.name, "r")]
        steps = _creation(connection, table)
    else:
        _check(connection, table, existing.relation)
        tree = tree_of(connection, table)
        steps = []
    steps += IndexPlan(connection, tree).steps
    if change_log is not None:
        owner = existing.owner if existing else _current_user(connection)
        steps += change_log_steps(connection, table, tree, owner, wanted=change_log)
    return steps


def _current_user(connection: Connection) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return str(cursor.fetchall()[0][0])


def _check(connection: Connection, table: TableName, relation: Relation) -> None:
    """Raise UserError that lists everything in which the table is not as expected."""
    if relation.kind not in {"r", "p"}:
        raise UserError(
            f"{table} is {_KINDS.get(relation.kind, 'no table')}: events have to be in "
            "an ordinary or a partitioned table, which can have indexes."
        )
    with connection.cursor() as cursor, failures(f"Looking up {table}"):
        cursor.execute(_COLUMNS, (relation.oid,))
        found = dict(cursor.fetchall())
    differences = [
        f"column {name} is {found[name]}, expected {expected}"
        if name in found
        else f"column {name} ({expected}) is missing"
        for name, expected in COLUMN_TYPES.items()
        if found.get(name) != expected
    ]
    if differences:
        raise UserError(
            f"{table} is not an events table: {'; '.join(differences)}. "
            "Nothing was changed."
        )


def _creation(connection: Connection, table: TableName) -> list[ddl.Step]:
    schema = sql.Identifier(table.schema).as_string(connection)
    name = ddl.quoted(connection, table)
    columns = ", ".join(
        f"{column} {'timestamp' if column == 'performed_at' else kind}"
        for column, kind in COLUMN_TYPES.items()
    )
    steps = []
    with connection.cursor() as cursor:
        cursor.execute("select from pg_namespace where nspname = %s", (table.schema,))
        if cursor.rowcount == 0:
            remark = f"creating schema {table.schema}"
            steps.append(ddl.Step(f"create schema if not exists {schema}", remark))
    remark = f"creating table {table}"
    steps.append(ddl.Step(f"create table {name} ({columns})", remark))
    return steps
