"""Fills the events table with a synthetic stream."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from orchestration.core.connection import Connection
from orchestration.core.one_ahead import OneAhead
from orchestration.core.settings import TableName
from orchestration.core.statements import failures
from orchestration.source.loading.copy_in import copy_events
from orchestration.source.synthetic.options import StreamOptions
from orchestration.source.synthetic.population import populate
from orchestration.source.synthetic.stream import event_rows
from orchestration.source.synthetic.text import CopyText
from orchestration.source.table import require_events_table


@dataclass(frozen=True)
class Inserted:
    """Which table was filled; `users` are those with a valid event."""

    table: TableName
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
    with failures(f"Filling {table}"), OneAhead() as ahead:
        for rows in event_rows(options, population):
            ahead.do(partial(copy_events, connection, table, text(rows)))
            progress(len(rows))
    return Inserted(table, population.users)
