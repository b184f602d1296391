"""The events table itself: checked, or created where there is none."""

from collections.abc import Callable
from contextlib import nullcontext

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure, UserError
from orchestration.core.settings import TableName, events_table
from orchestration.source import ddl
from orchestration.source.change_log import change_log_steps
from orchestration.source.indexes import IndexPlan
from orchestration.source.relations import Relation, tree_of
from orchestration.source.shape import Existing, find_events, require_shape
from orchestration.source.views import view_script

COLUMN_TYPES = {
    "user_id": "integer",
    "course_id": "integer",
    "kind": "text",
    "performed_at": "timestamp without time zone",
    "properties": "jsonb",
}

# What there is, by whether the change log is wanted, not wanted, or left as it is.
COMPLETE = {
    True: "its columns, indexes and change log",
    False: "its columns and indexes, and no change log",
    None: "its columns and indexes",
}

NO_CHANGE_LOG = (
    "where events older than fast_dau_lookback_days days are added, changed or "
    "deleted, their days wait for the nightly full run"
)


def require_events_table(
    connection: Connection, table: TableName | None = None, *, may_be_view: bool = False
) -> TableName:
    """Return the events table's name, for commands that read or fill it.

    Raises UserError where there is none, where its columns are not those that the
    models read, or where it is a view and the command writes to it.
    """
    table = table or events_table()
    existing = find_events(connection, table)
    if existing is None:
        raise UserError(
            f"There is no table {table}: create it with `fast-dau init`, or name yours "
            "with the variables fast_dau_events_schema and fast_dau_events_table."
        )
    require_shape(connection, table, existing.relation)
    if existing.view and not may_be_view:
        raise UserError(
            f"{table} is {existing.view}: events are written to, and erased from, the "
            "tables below it, by those who own them."
        )
    return table


def init_events_table(
    connection: Connection,
    table: TableName,
    report: Callable[[str], None],
    *,
    change_log: bool | None = None,
    watching: ddl.Watching = nullcontext,
) -> bool:
    """Create the events table or its missing indexes; False: nothing was missing.

    `change_log`: install it, remove it, or (None) leave it as it is. `report` gets a
    line before each step, and `watching` goes around those that may take long. Writers
    are not blocked. Switches the connection to autocommit. Raises UserError for a table
    of another shape, before any change, and Failure where the server refuses.
    """
    connection.autocommit = True
    with ddl.alone(connection, table):
        existing = find_events(connection, table)
        steps = _plan(connection, table, existing, change_log)
        if steps and existing and not existing.may_alter:
            raise Failure(
                f"{table} belongs to {existing.owner}, and only its owner may give it "
                "indexes and triggers: connect as its owner, or hand them what this "
                "prints with `--dry-run`."
            )
        ddl.run(connection, table, steps, report, watching)
    return bool(steps)


def init_script(
    connection: Connection, table: TableName, *, change_log: bool | None = None
) -> str:
    """Return the SQL that `init_events_table` would run, as a script for psql.

    Of a view, that which makes the indexes below it, which is for their owners to run.
    """
    existing = find_events(connection, table)
    steps = _plan(connection, table, existing, change_log)
    if existing and existing.relation.kind == "v":
        return view_script(connection, table)
    if not steps:
        return f"-- nothing to do: {table} has {COMPLETE[change_log]}"
    return ddl.script(steps)


def _plan(
    connection: Connection,
    table: TableName,
    existing: Existing | None,
    change_log: bool | None,
) -> list[ddl.Step]:
    if existing is None:
        tree = [Relation(0, None, table.schema, table.name, "r")]
        steps = _creation(connection, table)
    else:
        require_shape(connection, table, existing.relation)
        if existing.view and change_log:
            raise UserError(
                f"{table} is {existing.view}, which can have no change log: "
                f"{NO_CHANGE_LOG}."
            )
        tree = tree_of(connection, table)
        steps = []
    if not existing or existing.relation.kind != "v":
        steps += IndexPlan(connection, tree).steps
    if change_log is not None:
        owner = existing.owner if existing else _current_user(connection)
        steps += change_log_steps(connection, table, tree, owner, wanted=change_log)
    return steps


def _current_user(connection: Connection) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return str(cursor.fetchall()[0][0])


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
