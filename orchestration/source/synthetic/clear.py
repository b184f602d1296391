"""Takes made-up events away, and all that was built from them."""

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.errors import UserError
from orchestration.core.manifest import STATE, models, tables
from orchestration.core.settings import events_table, rollup_schema
from orchestration.core.statements import failures, identifier
from orchestration.source.synthetic.mark import read_mark, write_mark


def clear_synthetic(connection: Connection) -> bool:
    """Empty the events table and drop what was built from it; False: it has no mark.

    All or nothing. Touches nothing where the events are not made up, and raises
    UserError where somebody has added others since.
    """
    mark = read_mark(connection)
    if mark is None:
        return False
    events = events_table()
    name = identifier(events)
    views = sorted(models().keys() - tables())
    with failures("Clearing the events"), connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("lock table {}").format(name))
        cursor.execute(sql.SQL("select count(*) from {}").format(name))
        present = cursor.fetchall()[0][0]
        if present > mark.events:
            raise UserError(
                f"{events} holds {present:,} events, which are not just the synthetic "
                f"ones ({mark.options}): delete the ones you added, or empty the table "
                "yourself, then clear it."
            )
        cursor.execute(
            sql.SQL(
                "drop view if exists {views}; drop table if exists {tables};"
                "truncate {events}"
            ).format(
                views=_built(views), tables=_built([*tables(), *STATE]), events=name
            )
        )
        write_mark(connection, "demo", None)
    return True


def _built(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(rollup_schema(), name) for name in names)
