"""`fast-dau demo`: from nothing to answers, on synthetic events."""

import os
import shutil
import sys
from contextlib import closing
from typing import Annotated

import typer

from orchestration.answers import terminal
from orchestration.cli.answers import show_days_up_to
from orchestration.cli.generate import clear_events, last_day, reported
from orchestration.cli.options import Days, EndDate, Seed, Users
from orchestration.cli.progress import say_where
from orchestration.core.connection import connect
from orchestration.core.dbt import run_dbt
from orchestration.core.errors import Failure
from orchestration.core.settings import events_table
from orchestration.embedded.database import database
from orchestration.source.synthetic.demo import prepare_demo
from orchestration.source.synthetic.options import StreamOptions

_NEXT = """
What to look at next:
  {command} returning               who came back: the list behind the counts
  {command} retention --format csv  the same numbers for a program
  {command} cohorts --weekly        which share of new users came back, and when
  {command} report --out FILE.html  all of it as one page, with charts
  {command} dbt build               an hourly run: it rebuilds the last days only
  {command} check                   recounts the last week from the raw events
  {command} explain                 which index serves each query
  {command} ui                      lineage, runs and schedules in the browser
  {command} db psql                 SQL on the tables, in the schema analytics
  {command} demo --clear            then `load FILE` takes your own events"""


def demo(  # noqa: PLR0913  # one parameter an option
    *,
    events: Annotated[
        int, typer.Option(help="Events to make up.")
    ] = StreamOptions.events,
    users: Users = StreamOptions.users,
    days: Days = StreamOptions.days,
    end_date: EndDate = None,
    seed: Seed = StreamOptions.seed,
    clear: Annotated[
        bool, typer.Option("--clear", help="Remove synthetic events, and the tables.")
    ] = False,
) -> None:
    """Make up events, build the tables with dbt, and show DAU and retention."""
    options = StreamOptions(
        events=events,
        users=users,
        days=days,
        end_date=last_day(end_date),
        seed=seed,
    )
    with database() as variables, closing(connect(variables)) as connection:
        connection.autocommit = True  # no transaction stays open while dbt works
        if clear:
            clear_events(connection)
            return
        say_where(connection, events_table())
        with reported(options) as progress:
            made = prepare_demo(connection, options, progress)
        state = "made" if made else "are there"
        # Before dbt's own output, also in a log.
        print(f"{options.events:,} synthetic events {state}.", flush=True)
        if run_dbt(["build"], variables):
            raise Failure("dbt did not finish: see what it printed above.")
        connection.autocommit = False
        print()
        last = options.end_date
        show_days_up_to(
            last, connection, "active_users_by_day", terminal.ACTIVE_USERS.show
        )
        print()
        show_days_up_to(last, connection, "retention_by_day", terminal.RETENTION.show)
    found = shutil.which("fast-dau")
    print(_NEXT.format(command="fast-dau" if found else os.path.relpath(sys.argv[0])))
