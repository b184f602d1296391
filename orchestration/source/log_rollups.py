"""The rollups that the change log keeps changes for, and how one is struck off."""

from psycopg2 import sql

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure, UserError
from orchestration.core.settings import TableName
from orchestration.core.statements import failures
from orchestration.source.ddl import Step, quoted
from orchestration.source.watching import log_rollups_table


def striking_off(connection: Connection, table: TableName, rollup: str) -> Step:
    """Return the step after which logged changes no longer wait for a rollup.

    Raises UserError where there is no change log, and Failure where it does not wait
    for a rollup of this name.
    """
    rollups = log_rollups_table(table)
    name = sql.Identifier(rollups.schema, rollups.name)
    with connection.cursor() as cursor, failures(f"Looking up {rollups}"):
        cursor.execute("select to_regclass(%s)", (quoted(connection, rollups),))
        if cursor.fetchall() == [(None,)]:
            raise UserError(
                f"{table} has no change log, or one of an earlier version, which waits "
                "for no rollup: fast-dau init --change-log installs it."
            )
        cursor.execute(sql.SQL("select rollup from {} order by 1").format(name))
        there = [one for (one,) in cursor.fetchall()]
    if rollup not in there:
        raise Failure(
            f"The change log of {table} does not wait for a rollup {rollup}. "
            + (f"It waits for: {', '.join(there)}." if there else "It waits for none.")
        )
    statement = sql.SQL("delete from {} where rollup = {}").format(
        name, sql.Literal(rollup)
    )
    return Step(
        statement.as_string(connection),
        f"striking {rollup} off: logged changes no longer wait for it; should it ever "
        "run again, it rebuilds every day once",
    )
