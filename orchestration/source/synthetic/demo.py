"""The demo's events: made once, recognised again, and never mixed with others."""

from collections.abc import Callable
from dataclasses import fields

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.manifest import STATE, models, tables
from orchestration.core.settings import events_table, rollup_schema
from orchestration.core.statements import failures
from orchestration.source.ddl import quoted
from orchestration.source.loading.copy_in import vacuum_copied
from orchestration.source.synthetic.inserting import insert_synthetic_events
from orchestration.source.synthetic.options import StreamOptions
from orchestration.source.table import init_events_table

_MARK = "Synthetic events of `fast-dau demo`: "


def demo_events(connection: Connection) -> str | None:
    """Return the options of the demo whose events the table holds; None: no demo's."""
    table = events_table()
    with connection.cursor() as cursor:
        cursor.execute(
            "select obj_description(to_regclass(%s), 'pg_class')",
            (quoted(connection, table),),
        )
        row = cursor.fetchone()
    comment = row[0] if row else None
    return comment.removeprefix(_MARK) if comment and _MARK in comment else None


def refuse_demo_events(connection: Connection) -> None:
    """Raise UserError where one's own events would be added to the demo's."""
    if demo_events(connection):
        raise UserError(
            f"{events_table()} holds the demo's synthetic events, with which yours "
            "would be mixed: clear them with `fast-dau demo --clear`."
        )


def clear_demo(connection: Connection) -> bool:
    """Empty the demo's events table and drop what was built from it; False: no demo.

    All or nothing. Touches nothing where the events table is not a demo's, and raises
    UserError where somebody has added events to the demo's since.
    """
    mark = demo_events(connection)
    if mark is None:
        return False
    events = events_table()
    name = sql.Identifier(events.schema, events.name)
    views = sorted(models().keys() - tables())
    with failures("Clearing the demo"), connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("lock table {}").format(name))
        cursor.execute(sql.SQL("select count(*) from {}").format(name))
        present = cursor.fetchall()[0][0]
        if present > int(mark.removeprefix("events=").partition(",")[0]):
            raise UserError(
                f"{events} holds {present:,} events, which are not just the demo's "
                f"({mark}): delete the ones you added, or empty the table yourself, "
                "then clear the demo."
            )
        cursor.execute(
            sql.SQL(
                "drop view if exists {views}; drop table if exists {tables};"
                "truncate {events}; comment on table {events} is null"
            ).format(
                views=_built(views), tables=_built([*tables(), *STATE]), events=name
            )
        )
    return True


def _built(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(rollup_schema(), name) for name in names)


def prepare_demo(
    connection: Connection, options: StreamOptions, progress: Callable[[int], None]
) -> bool:
    """Fill the events table with the demo's events; False: it holds these already.

    All or nothing; the connection is in autocommit mode. A demo with other options
    is cleared first. Raises UserError where the table holds events of anyone else.
    """
    mark = ", ".join(f"{f.name}={getattr(options, f.name)}" for f in fields(options))
    present = demo_events(connection)
    if present == mark:
        return False
    if present:
        clear_demo(connection)
    table = events_table()
    init_events_table(connection, table, lambda _: None)
    name = sql.Identifier(table.schema, table.name)
    with connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("select 1 from {} limit 1").format(name))
        if cursor.fetchone():
            raise UserError(
                f"{table} already holds events, which the demo leaves alone: name an "
                "empty database with PGDATABASE, or with FAST_DAU_HOME a folder for "
                "another embedded server."
            )
        insert_synthetic_events(connection, options, progress)
        cursor.execute(
            sql.SQL("comment on table {} is {}").format(name, sql.Literal(_MARK + mark))
        )
    vacuum_copied(connection, table)
    return True
