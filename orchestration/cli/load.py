"""`fast-dau load`: a user's own events."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from orchestration.cli.init import has_rollup
from orchestration.core.connection import Connection, connect
from orchestration.core.settings import TableName
from orchestration.embedded.database import database
from orchestration.source.loading.load import Loaded, Options, load_events
from orchestration.source.loading.mapping import parse_columns, parse_delimiter
from orchestration.source.synthetic.demo import refuse_demo_events
from orchestration.source.table import require_events_table


def load(
    file: Annotated[
        Path, typer.Argument(help="CSV (with a header) or Parquet, compressed or not.")
    ],
    columns: Annotated[
        str,
        typer.Option(
            metavar="OURS=THEIRS,…",
            help="Names of the file's columns where they differ from ours: user_id, "
            "performed_at, and optionally course_id, kind, properties.",
        ),
    ] = "",
    hash_users: Annotated[
        bool,
        typer.Option(
            "--hash-users",
            help="User ids are text: give each a stable integer, kept in a table.",
        ),
    ] = False,
    delimiter: Annotated[
        str | None,
        typer.Option(
            help="What separates CSV's fields; `tab` for a tab.", show_default="a comma"
        ),
    ] = None,
) -> None:
    """Load your own events from a file: all of them, or none.

    Times are ISO 8601; with an offset they are converted to UTC, without one they are
    UTC. Events without a user or a time are loaded too, and counted as rejected.
    """
    options = Options(parse_columns(columns), parse_delimiter(delimiter), hash_users)
    with database() as environment, closing(connect(environment)) as connection:
        table = require_events_table(connection)
        refuse_demo_events(connection)
        connection.rollback()  # the look-up's transaction, before the load's own
        loaded = _load_with_progress(connection, table, file, options)
        print(
            f"Loaded {loaded.events:,} events from {file} into {table} "
            f"({loaded.without_user:,} without a user id, "
            f"{loaded.without_time:,} without a time); next: fast-dau dbt build"
        )
        if has_rollup(connection):
            print(
                "Events of days that were rolled up before are picked up by: "
                "fast-dau dbt build --vars 'fast_dau_refresh: full'"
            )


def _load_with_progress(
    connection: Connection, table: TableName, file: Path, options: Options
) -> Loaded:
    console = Console(stderr=True)
    with Progress(
        console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(f"Loading {escape(file.name)}", total=None)

        def show(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        return load_events(connection, table, file, options, show)
