"""How far the build of an index is, on a terminal: builds may take hours."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from threading import Event, Thread

from orchestration.cli.progress import Update, share_done
from orchestration.core.connection import Connection, connect
from orchestration.core.errors import Failure
from orchestration.core.statements import failures, rows
from orchestration.source.ddl import Step, Watching

_SECONDS_BETWEEN_LOOKS = 0.5
# Each phase counts something else: who is waited for, pages, or rows.
_PROGRESS = """
select
    phase,
    case
        when lockers_total > 0 then lockers_done::float / lockers_total
        when blocks_total > 0 then blocks_done::float / blocks_total
        when tuples_total > 0 then tuples_done::float / tuples_total
    end
from pg_stat_progress_create_index
where pid = %s
"""


def builds_watched(environment: Mapping[str, str], builder: int) -> Watching:
    """Return what shows the progress of a step, without a terminal: nothing.

    `builder`: the server's process that runs the steps.
    """
    if not sys.stderr.isatty():
        return nullcontext

    @contextmanager
    def watching(_: Step) -> Iterator[None]:
        is_over = Event()
        with share_done("Building", 1) as update:
            arguments = (environment, builder, update, is_over)
            thread = Thread(target=_watch, args=arguments, daemon=True)
            thread.start()
            try:
                yield
            finally:
                is_over.set()
                thread.join()

    return watching


def _watch(
    environment: Mapping[str, str], builder: int, update: Update, is_over: Event
) -> None:
    # The build goes on, whether or not it can be watched.
    try:
        with closing(connect(environment)) as connection:
            connection.autocommit = True
            while not is_over.wait(_SECONDS_BETWEEN_LOOKS):
                _show(connection, builder, update)
    except Failure:
        return


def _show(connection: Connection, builder: int, update: Update) -> None:
    with failures("Looking at the build"):
        found = rows(connection, _PROGRESS, builder)
    for phase, share in found:
        update(description=phase.capitalize(), completed=share or 0)
