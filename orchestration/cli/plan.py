"""`fast-dau plan`: which days the next run would rebuild, and why; changes nothing."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import astuple, fields
from typing import Annotated, Any

import typer
from rich.console import Console

from orchestration.answers.formats import Format, write
from orchestration.answers.questions import Answer
from orchestration.answers.terminal import titled_table
from orchestration.cli.options import Form
from orchestration.core.connection import connect
from orchestration.core.dbt import compiled_models, given_vars
from orchestration.core.errors import UserError
from orchestration.core.settings import TableName, dbt_vars, vars_of_run
from orchestration.embedded.database import connected, database
from orchestration.source.describing.found import found_in_words
from orchestration.source.table import require_events_table
from orchestration.trust.plan.days_to_rebuild import (
    PlannedDay,
    in_ranges,
    kept_from,
    planned_days,
)
from orchestration.trust.plan.lateness import Lateness, measured_lateness

_NO_VARS = "{}"


def plan(
    vars_: Annotated[
        str,
        typer.Option(
            "--vars",
            metavar="YAML",
            help="Those of the run, such as 'fast_dau_refresh: full'.",
            show_default="an ordinary run",
        ),
    ] = _NO_VARS,
    lateness: Annotated[
        bool,
        typer.Option(
            "--lateness", help="Instead: how late events come, and what catches them."
        ),
    ] = False,
    form: Form = Format.TABLE,
) -> None:
    """Show which days a `dbt build` would rebuild now, and why; changes nothing."""
    if lateness:
        if vars_ != _NO_VARS:
            raise UserError("--vars are those of a run, which --lateness looks not at.")
        _show_lateness(form)
    else:
        _show_plan(vars_, form)


def _show_plan(vars_text: str, form: Format) -> None:
    variables = vars_of_run(given_vars(vars_text))
    events = TableName(variables["events_schema"], variables["events_table"])
    with database() as environment, closing(connect(environment)) as connection:
        require_events_table(connection, events, may_be_view=True)
        connection.rollback()  # no transaction stays open while dbt works
        compiled = compiled_models(["refresh_days"], vars_text, environment)
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        model = compiled["refresh_days"]
        days = planned_days(connection, model, events)
        found = [] if days else found_in_words(connection, events)
    if form is Format.TABLE:
        _show_days(days, variables, Console())
        if kept := kept_from(model):
            print(f"Days before {kept} are kept as they are, events or not.")
    else:
        columns = tuple(field.name for field in fields(PlannedDay))
        write(Answer(columns, map(astuple, days)), form, sys.stdout)
    for line in found:
        print(line, file=sys.stdout if form is Format.TABLE else sys.stderr)


def _show_days(
    days: Sequence[PlannedDay], variables: Mapping[str, Any], console: Console
) -> None:
    if not days:
        console.print("Nothing to rebuild: there is no valid event, and no table.")
        return
    table = titled_table("What the next run would rebuild")
    table.add_column("Days")
    table.add_column("", justify="right")
    table.add_column("Reason")
    table.add_column("Events, estimated", justify="right")
    for part in in_ranges(days):
        first, last = part[0].activity_date, part[-1].activity_date
        extent = str(first) if first == last else f"{first} to {last}"
        events = sum(day.estimated_events for day in part)
        table.add_row(extent, f"{len(part):,}", part[0].reason, f"{events:,}")
    total = sum(day.estimated_events for day in days)
    table.add_row("Total", f"{len(days):,}", "", f"{total:,}", style="bold")
    console.print(table)
    console.print(_meaning(days, variables), highlight=False, soft_wrap=True)
    console.print(
        "[dim]A rebuilt day also rebuilds what depends on it: retention of the seven "
        "days after.[/]",
        soft_wrap=True,
    )


def _meaning(days: Sequence[PlannedDay], variables: Mapping[str, Any]) -> str:
    """Say in one sentence what kind of run it is."""
    if any(day.reason == "first build" for day in days):
        return "The first build takes every day from the first valid event to today."
    if variables["refresh"] == "start_over":
        return (
            "A run that starts over builds everything from the events there are, and "
            "forgets days whose events are gone."
        )
    if variables["refresh"] == "full":
        return "A full run takes every day that the events table still holds."
    if variables["start_date"]:
        return (
            "A backfill takes the days from start_date to end_date, and those that "
            "were not over at the last run."
        )
    return (
        "An ordinary run takes the days that were not over at the last run, and the "
        f"{variables['lookback_days']} days before them (fast_dau_lookback_days)."
    )


def _show_lateness(form: Format) -> None:
    with connected() as connection:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        lateness = measured_lateness(connection)
    if form is Format.TABLE:
        _print_lateness(lateness, dbt_vars()["lookback_days"], Console())
    else:
        write(lateness.answer(), form, sys.stdout)


def _print_lateness(lateness: Lateness, lookback_days: int, console: Console) -> None:
    over, revised = f"{lateness.days_over:,}", f"{lateness.days_revised:,}"
    if not lateness.rows:
        console.print(
            f"There is no revision yet: of the {over} days that are over, each has the "
            "DAU that was first published.",
            highlight=False,
            soft_wrap=True,
        )
        return
    table = titled_table(f"Days that are over: {over}; revised since: {revised}")
    for heading in ("Days late", "Days", "DAU difference", "Caught by that lookback"):
        table.add_column(heading, justify="right")
    for late, days, difference, share in lateness.rows:
        caught = "-" if share is None else f"{share:.1%}"
        table.add_row(f"{late:,}", f"{days:,}", f"{difference:,}", caught)
    console.print(table)
    console.print(_advice(lateness, lookback_days), highlight=False, soft_wrap=True)


def _advice(lateness: Lateness, lookback_days: int) -> str:
    needed = lateness.lookback_needed
    if needed is None:
        return "All of them are back at the DAU that was first published."
    return (
        f"A lookback of {needed} days would have caught 99 % of the difference; "
        f"fast_dau_lookback_days is {lookback_days}, which catches "
        f"{lateness.share_caught(lookback_days):.1%}."
    )
