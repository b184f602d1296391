"""`fast-dau forget`: erases a person from the events and every table."""

import json
import sys
from collections.abc import Mapping
from contextlib import closing
from typing import Annotated

import typer

from orchestration.cli.options import TableOrJson
from orchestration.core import dbt
from orchestration.core.connection import connect
from orchestration.core.dbt import given_vars
from orchestration.core.errors import Failure, UserError
from orchestration.core.event_columns import event_columns
from orchestration.core.settings import (
    TableName,
    is_on_spark,
    rollup_schema,
    vars_of_run,
)
from orchestration.embedded.database import database
from orchestration.source.table import require_events_table
from orchestration.trust.forget.erase import Forgotten
from orchestration.trust.forget.erase import forget as erase
from orchestration.trust.forget.ids import parsed_id


def forget(
    id_: Annotated[
        str,
        typer.Argument(metavar="USER_ID", help="The user_id of the person's events."),
    ],
    *,
    keep_counts: Annotated[
        bool,
        typer.Option(
            "--keep-counts",
            help="Published counts of days stay as they are, also in all later runs; "
            "without this option they are counted again without the person.",
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask: it cannot be undone.")
    ] = False,
    vars_: Annotated[
        str,
        typer.Option(
            "--vars",
            metavar="YAML",
            help="Those of the run that counts the days again.",
            show_default="an ordinary run",
        ),
    ] = "{}",
    form: TableOrJson = "table",
) -> None:
    """Erase a person from the events and every table, for good, and prove it.

    All or nothing, in one transaction, which reads the events from end to end, twice,
    where they have no index on user_id. Then an ordinary run of dbt counts the person's
    days again, and takes as long as any run of so many days. Waits for a run that is at
    work.
    """
    variables = vars_of_run(given_vars(vars_))
    if is_on_spark():
        raise UserError("Persons are erased from Postgres: unset DBT_TARGET.")
    user_id = parsed_id(id_, variables["user_id_type"])
    events = TableName(variables["events_schema"], variables["events_table"])
    if not yes:
        _confirm(user_id, events)
    with database() as environment, closing(connect(environment)) as connection:
        require_events_table(connection, events)
        connection.rollback()  # no transaction stays open while dbt works
        forgotten = erase(
            connection,
            events,
            user_id,
            columns=event_columns(variables),
            keeps_counts=keep_counts,
            say=_say,
        )
        if form == "table":
            print("\n".join(_erased(user_id, forgotten)), flush=True)
        is_counted = False
        if has_run := forgotten.found and forgotten.owner and forgotten.owner.is_user:
            _say("Counting the days again, by a run of dbt.")
            is_counted = _count_again(vars_, environment)
    if form == "json":
        print(_as_json(user_id, forgotten, is_counted=is_counted, is_kept=keep_counts))
    if has_run and not is_counted:
        raise Failure(
            f"User {user_id} is erased, but the run that counts the days again did not "
            "end well: dbt's message is above. Counts include the user until one does: "
            "fast-dau dbt build"
        )
    if form == "table" and forgotten.found:
        print(_counts(forgotten, is_counted=is_counted, is_kept=keep_counts))


def _confirm(user_id: int | str, events: TableName) -> None:
    if not sys.stdin.isatty():
        raise UserError(
            f"Erasing user {user_id} cannot be undone, and there is no terminal to ask "
            "on: confirm it with --yes. Nothing was changed."
        )
    question = (
        f"Erase user {user_id} from {events} and every table of {rollup_schema()}? "
        "It cannot be undone."
    )
    if not typer.confirm(question, err=True):
        raise UserError("Not confirmed. Nothing was changed.")


def _count_again(vars_text: str, environment: Mapping[str, str]) -> bool:
    """Run dbt, which rebuilds what is pending; tell whether that ended well."""
    arguments = ["--quiet", "--no-use-colors", "run", "--vars", vars_text]
    run = dbt.finished(arguments, environment, capture_output=True)
    if run.returncode:
        print(run.stdout + run.stderr, file=sys.stderr, end="")
    return run.returncode == 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _erased(user_id: int | str, forgotten: Forgotten) -> list[str]:
    rows = {str(table): count for table, count in forgotten.rows_erased.items()}
    width = max(map(len, rows))
    lines = [f"Nothing of user {user_id} was found."]
    if forgotten.found:
        lines = [f"User {user_id} is erased. Rows deleted:"]
        lines += [f"  {name:{width}}  {count:>9,}" for name, count in rows.items()]
    searched = ", ".join(map(str, forgotten.searched))
    return [*lines, f"proof: 0 rows left in {searched}"]


def _counts(forgotten: Forgotten, *, is_counted: bool, is_kept: bool) -> str:
    if not forgotten.owner:
        return "There are no tables yet in which anything else would be counted."
    if not forgotten.days:
        return "No day counted the user."
    first, last = forgotten.days[0], forgotten.days[-1]
    span = f"{len(forgotten.days):,}, from {first} to {last}"
    if not is_counted:
        return (
            f"Days to be counted again: {span}. The next run does it, of "
            f"{forgotten.owner.name}, which owns the tables; until then counts include "
            "the user."
        )
    return f"Days {'kept as published' if is_kept else 'recounted'}: {span}"


def _as_json(
    user_id: int | str, forgotten: Forgotten, *, is_counted: bool, is_kept: bool
) -> str:
    days = [day.isoformat() for day in forgotten.days]
    erased = {str(table): count for table, count in forgotten.rows_erased.items()}
    return json.dumps(
        {
            "user_id": user_id,
            "found": forgotten.found,
            "rows_erased": erased,
            "days_recounted": days if is_counted and not is_kept else [],
            "days_kept": days if is_counted and is_kept else [],
            "days_pending": [] if is_counted else days,
            "rows_left": {str(table): 0 for table in forgotten.searched},
        },
        indent=2,
    )
