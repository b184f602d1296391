"""`fast-dau init` and `fast-dau load`: the events table, and a user's own events."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from orchestration.dbt import run_dbt
from orchestration.demo import refuse_demo_events
from orchestration.errors import Failure, UserError
from orchestration.events import ddl
from orchestration.events.change_log import in_words, unwatched_in_words
from orchestration.events.load import Loaded, Options, load_events
from orchestration.events.log_rollups import striking_off
from orchestration.events.mapping import parse_columns, parse_delimiter
from orchestration.events.table import (
    COMPLETE,
    init_events_table,
    init_script,
    require_events_table,
)
from orchestration.postgres.connection import connect, database
from orchestration.postgres.reader import reader_steps
from orchestration.settings import TableName, events_table, rollup_schema

# What the models grant is for dbt to say.
_GRANT = ["run-operation", "grant_to_readers"]


def init(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the DDL, and change nothing.")
    ] = False,
    change_log: Annotated[
        bool | None,
        typer.Option(
            "--change-log/--no-change-log",
            help="Install, or remove, triggers that note changes of old events, so "
            "that ordinary runs find them.",
            show_default="as it is",
        ),
    ] = None,
    reader: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Make a database role that can read the results and nothing else, "
            "for BI tools and analysts.",
        ),
    ] = None,
    strike_off: Annotated[
        str | None,
        typer.Option(
            metavar="ROLLUP",
            help="Take a rollup that no longer runs, by its schema, out of those that "
            "the change log keeps changes for. Nothing else is done.",
        ),
    ] = None,
) -> None:
    """Create the events table, or check yours and make its missing indexes.

    Writers are not blocked. Running it again does only what is still missing.
    """
    table = events_table()
    if strike_off is not None and (change_log is not None or reader is not None):
        raise UserError("--strike-off goes with no option but --dry-run.")
    with database() as environment, closing(connect(environment)) as connection:
        if strike_off is not None:
            connection.autocommit = True
            step = striking_off(connection, table, strike_off)
            if dry_run:
                print(ddl.script([step]))
            else:
                ddl.run(connection, f"the change log of {table}", [step], _say)
            return
        if dry_run:
            print(init_script(connection, table, change_log=change_log))
        elif init_events_table(connection, table, _say, change_log=change_log):
            print(f"{table} is ready.")
            if change_log:
                print(in_words(table))
        else:
            print(f"Nothing to do: {table} has {COMPLETE[change_log]}.")
        if change_log is None and (gap := unwatched_in_words(connection, table)):
            print(f"-- {gap}" if dry_run else gap)
        if reader is not None:
            _make_reader(connection, environment, reader, dry_run=dry_run)


def load(
    file: Annotated[
        Path, typer.Argument(help="CSV (with a header) or Parquet, gzip or not.")
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
        if _has_rollup(connection):
            print(
                "Events of days that were rolled up before are picked up by: "
                "fast-dau dbt build --vars 'fast_dau_refresh: full'"
            )


def _make_reader(
    connection: Connection,
    environment: Mapping[str, str],
    name: str,
    *,
    dry_run: bool,
) -> None:
    steps = reader_steps(connection, name)
    if dry_run:
        print(ddl.script(steps))
        print(f"-- then, on the tables: fast-dau dbt {' '.join(_GRANT)}")
        return
    connection.autocommit = True
    ddl.run(connection, f"the reader {name}", steps, _say)
    if _has_rollup(connection):
        code = run_dbt(["--quiet", *_GRANT], environment)
        if code != 0:
            raise Failure(f"dbt could not grant the tables to {name}: see above.")
        print(f"{name} can read the results in {rollup_schema()}.")
    else:
        print(f"{name} can read the results as soon as a run has made them.")
    print(f"Its password: fast-dau db psql -c '\\password {name}'")


def _say(line: str) -> None:
    # A build of hours should be seen in a log when it begins, not when it is over.
    print(line, flush=True)


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


def _has_rollup(connection: Connection) -> bool:
    name = sql.Identifier(rollup_schema(), "refresh_days").as_string(connection)
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s) is not null", (name,))
        return cursor.fetchone() == (True,)
