"""The demo's events: made once, recognised again, and never mixed with others."""

from collections.abc import Callable
from dataclasses import fields

from orchestration.core.connection import Connection
from orchestration.core.settings import events_table
from orchestration.source.loading.copy_in import vacuum_copied
from orchestration.source.synthetic.clear import clear_synthetic
from orchestration.source.synthetic.inserting import insert_synthetic_events
from orchestration.source.synthetic.mark import (
    Mark,
    lock_made_up,
    read_mark,
    write_mark,
)
from orchestration.source.synthetic.options import StreamOptions
from orchestration.source.table import init_events_table


def prepare_demo(
    connection: Connection, options: StreamOptions, progress: Callable[[int], None]
) -> bool:
    """Fill the events table with the demo's events; False: it holds these already.

    All or nothing; the connection is in autocommit mode. Other synthetic events are
    cleared first. Raises UserError where the table holds events of anyone else.
    """
    mark = Mark(
        ", ".join(f"{f.name}={getattr(options, f.name)}" for f in fields(options))
    )
    present = read_mark(connection)
    if present == mark:
        return False
    if present:
        clear_synthetic(connection)
    table = events_table()
    init_events_table(connection, table, lambda _: None)
    with connection:
        lock_made_up(connection)
        insert_synthetic_events(connection, options, progress)
        write_mark(connection, "demo", mark)
    vacuum_copied(connection, table)
    return True
