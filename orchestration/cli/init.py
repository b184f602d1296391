"""`fast-dau init`: the events table, its readers, and a project of one's own."""

import shlex
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from orchestration.answers.reader_role import reader_steps
from orchestration.core.connection import Connection, connect
from orchestration.core.dbt import run_dbt
from orchestration.core.errors import Failure, UserError
from orchestration.core.own_project.make import Made, make_project
from orchestration.core.settings import TableName, events_table, rollup_schema
from orchestration.core.statements import is_built
from orchestration.embedded.database import database
from orchestration.source import ddl
from orchestration.source.change_log import in_words, unwatched_in_words
from orchestration.source.log_rollups import striking_off
from orchestration.source.table import COMPLETE, init_events_table, init_script

# What the models grant is for dbt to say.
_GRANT = ["run-operation", "fast_dau.grant_to_readers"]


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
    table = events_table()
    if strike_off is not None and others:
        raise UserError("--strike-off goes with no option but --dry-run.")
    with database() as environment, closing(connect(environment)) as connection:
        if strike_off is not None:
            _strike_off(connection, strike_off, dry_run=dry_run)
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


def _strike_off(connection: Connection, rollup: str, *, dry_run: bool) -> None:
    connection.autocommit = True
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
    if is_built(connection, TableName(rollup_schema(), "refresh_days")):
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
