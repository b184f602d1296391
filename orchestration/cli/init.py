"""`fast-dau init`: the events table, its readers, and a project of one's own."""

import shlex
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.describe import describe
from orchestration.cli.index_builds import builds_watched
from orchestration.cli.reader import make_reader
from orchestration.core.connection import Connection, connect
from orchestration.core.errors import UserError
from orchestration.core.own_project.make import Made, make_project
from orchestration.core.settings import events_table
from orchestration.embedded.database import database
from orchestration.source import ddl
from orchestration.source.change_log import in_words, unwatched_in_words
from orchestration.source.describing.found import found_in_words
from orchestration.source.log_rollups import striking_off
from orchestration.source.shape import is_view
from orchestration.source.table import (
    COMPLETE,
    NO_CHANGE_LOG,
    init_events_table,
    init_script,
)


def init(  # noqa: PLR0913, PLR0917  # one parameter an option
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the DDL, and change nothing.")
    ] = False,
    table_name: Annotated[
        str | None,
        typer.Option(
            "--table",
            metavar="SCHEMA.TABLE",
            help="Your table, or view, of events: its columns are looked at, and what "
            "they are is kept in dbt_project.yml.",
        ),
    ] = None,
    columns: Annotated[
        str,
        typer.Option(
            metavar="ROLE=COLUMN,…",
            help="With --table: the columns that are user_id, performed_at, kind, "
            "course_id and properties, where fast-dau does not find them.",
        ),
    ] = "",
    zone: Annotated[
        str,
        typer.Option(
            "--times-in",
            metavar="ZONE",
            help="With --table: whose clocks times without a zone are of.",
        ),
    ] = "UTC",
    change_log: Annotated[
        bool | None,
        typer.Option(
            "--change-log/--no-change-log",
            help="Install, or remove, triggers that note changes of old events, so "
            "that ordinary runs find them.",
            show_default="as it is",
        ),
    ] = None,
    project: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Make a small dbt project of your own, for your settings and models. "
            "What is there stays as it is. Nothing else is done.",
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
    others = change_log is not None or reader is not None
    if project is not None:
        if others or dry_run or strike_off is not None:
            raise UserError("--project goes with no other option.")
        _show_project(make_project(project))
        return
    if strike_off is not None and others:
        raise UserError("--strike-off goes with no option but --dry-run.")
    with database() as environment, closing(connect(environment)) as connection:
        connection.autocommit = True
        if strike_off is not None:
            _strike_off(connection, strike_off, dry_run=dry_run)
            return
        if table_name is not None:
            describe(connection, table_name, columns, zone, dry_run=dry_run)
            if dry_run:
                return
        elif columns or zone != "UTC":
            raise UserError("--columns and --times-in go with --table.")
        _prepare_events(connection, environment, change_log, dry_run=dry_run)
        if reader is not None:
            make_reader(connection, environment, reader, _say, dry_run=dry_run)


def _prepare_events(
    connection: Connection,
    environment: Mapping[str, str],
    change_log: bool | None,
    *,
    dry_run: bool,
) -> None:
    table = events_table()
    if dry_run or is_view(connection, table):
        print(init_script(connection, table, change_log=change_log))
        if is_view(connection, table):
            print(f"-- {NO_CHANGE_LOG}")
    elif init_events_table(
        connection,
        table,
        _say,
        change_log=change_log,
        watching=builds_watched(environment, connection.info.backend_pid),
    ):
        print(f"{table} is ready.")
        if change_log:
            print(in_words(table))
    else:
        print(f"Nothing to do: {table} has {COMPLETE[change_log]}.")
    if change_log is None and (gap := unwatched_in_words(connection, table)):
        print(f"-- {gap}" if dry_run else gap)
    if not dry_run:
        for line in found_in_words(connection, table):
            print(line)


def _strike_off(connection: Connection, rollup: str, *, dry_run: bool) -> None:
    table = events_table()
    step = striking_off(connection, table, rollup)
    if dry_run:
        print(ddl.script([step]))
    else:
        ddl.run(connection, f"the change log of {table}", [step], _say)


def _show_project(made: Made) -> None:
    print(f"The project {made.folder}")
    if made.files:
        print(f"  made: {', '.join(made.files)}")
    if made.kept:
        print(f"  was there, and is as it was: {', '.join(made.kept)}")
    if not made.has_package:
        print(
            f"Its packages.yml is still to name `- local: {made.package}`; then run "
            "`dbt deps` there."
        )
    print(
        f"Next: cd {shlex.quote(str(made.folder))}, and look through dbt_project.yml; "
        "then fast-dau init, and fast-dau dbt build"
    )


def _say(line: str) -> None:
    # A build of hours should be seen in a log when it begins, not when it is over.
    print(line, flush=True)
