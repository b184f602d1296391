"""Fills the events table with a synthetic stream."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.events.copying import copy_events
from orchestration.events.ddl import failures
from orchestration.events.table import require_events_table
from orchestration.settings import TableName
from orchestration.synthetic.options import StreamOptions
from orchestration.synthetic.population import populate
from orchestration.synthetic.stream import event_rows
from orchestration.synthetic.text import CopyText


@dataclass(frozen=True)
class Inserted:
    """What went into which table; `users` are those with a valid event."""

    table: TableName
    rows: int
    users: int


def insert_synthetic_events(
    connection: Connection, options: StreamOptions, progress: Callable[[int], None]
) -> Inserted:
    """Add the stream to the events table, whatever the table holds already.

    Runs inside the connection's transaction and does not commit. `progress` gets
    the number of rows of each part as the server takes it. Raises UserError where
    there is no events table, Failure where the server refuses the rows.
    """
    table = require_events_table(connection)
    population = populate(options)
    text = CopyText(options)

    def chunks() -> Iterator[str]:
        for rows in event_rows(options, population):
            yield text(rows)
            progress(len(rows))

    with failures(f"Filling {table}"):
        copied = copy_events(connection, table, chunks())
    return Inserted(table, copied, population.users)
