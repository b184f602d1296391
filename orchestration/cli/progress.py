"""Progress of long work: a bar on a terminal, which goes away with the work."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from orchestration.core.connection import Connection
from orchestration.core.settings import TableName

Update = Callable[..., None]


def say_where(connection: Connection, table: TableName) -> None:
    """Say into which table of which database events are written, before they are."""
    info = connection.info
    print(
        f"Events go into {table}, in the database {info.dbname} at "
        f"{info.host}:{info.port}.",
        flush=True,  # also in a log, before it is done
    )


@contextmanager
def share_done(doing: str, total: int | None = None) -> Iterator[Update]:
    """Yield what takes Rich's `advance`, `completed`, `total` or `description`.

    How much is done is shown in per cent.
    """
    with _bar(doing, total, TaskProgressColumn()) as update:
        yield update


@contextmanager
def number_done(doing: str, total: int | None, otherwise: str) -> Iterator[Update]:
    """Yield the same, shown as numbers; without a terminal say `otherwise` at once."""
    if not Console(stderr=True).is_terminal:
        print(otherwise, file=sys.stderr)
    with _bar(doing, total, MofNCompleteColumn()) as update:
        yield update


@contextmanager
def _bar(doing: str, total: int | None, done: ProgressColumn) -> Iterator[Update]:
    console = Console(stderr=True)
    text = TextColumn("{task.description}", markup=False)
    shown = (text, BarColumn(), done, TimeRemainingColumn())
    is_hidden = not console.is_terminal
    with Progress(*shown, console=console, transient=True, disable=is_hidden) as bar:
        yield partial(bar.update, bar.add_task(doing, total=total))
