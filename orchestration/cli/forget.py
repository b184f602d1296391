"""`fast-dau forget`: erases a person from the events and every table."""

import json
import sys
from contextlib import closing
from enum import StrEnum
from typing import Annotated

import typer

from orchestration.errors import UserError
from orchestration.events.table import require_events_table
from orchestration.forget.erase import Forgotten, Place
from orchestration.forget.erase import forget as erase
from orchestration.postgres.connection import connect, database
from orchestration.settings import events_table, rollup_schema


class _Form(StrEnum):
    TABLE = "table"
    JSON = "json"


def forget(
    user_id: Annotated[
        int,
        typer.Argument(
            min=-(2**31), max=2**31 - 1, help="The user_id of the person's events."
        ),
    ],
    *,
    keep_counts: Annotated[
        bool,
        typer.Option(
            "--keep-counts",
            help="Published counts of days stay as they are, also in all later runs. "
            "[default: they are recounted without the person]",
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask: it cannot be undone.")
    ] = False,
    form: Annotated[
        _Form, typer.Option("--format", help="For people, or for programs.")
    ] = _Form.TABLE,
) -> None:
    """Erase a person from the events and every table, for good, and prove it.

    All or nothing, in one transaction. Waits for a run of dbt that is at work. Reads
    the events from end to end, twice, where they have no index on user_id.
    """
    if not yes:
        _confirm(user_id)
    with database() as variables, closing(connect(variables)) as connection:
        place = Place(require_events_table(connection), rollup_schema())
        forgotten = erase(
            connection, place, user_id, keeps_counts=keep_counts, say=_say
        )
    if form is _Form.JSON:
        print(_as_json(user_id, forgotten, keeps_counts=keep_counts))
    else:
        print("\n".join(_lines(user_id, forgotten, keeps_counts=keep_counts)))


def _confirm(user_id: int) -> None:
    if not sys.stdin.isatty():
        raise UserError(
            f"Erasing user {user_id} cannot be undone, and there is no terminal to ask "
            "on: confirm it with --yes. Nothing was changed."
        )
    question = (
        f"Erase user {user_id} from {events_table()} and every table of "
        f"{rollup_schema()}? It cannot be undone."
    )
    if not typer.confirm(question, err=True):
        raise UserError("Not confirmed. Nothing was changed.")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _lines(user_id: int, forgotten: Forgotten, *, keeps_counts: bool) -> list[str]:
    erased = {str(table): count for table, count in forgotten.rows_erased.items()}
    width = max(map(len, erased))
    lines = [f"Nothing of user {user_id} was found."]
    if any(erased.values()):
        lines = [f"User {user_id} is erased. Rows deleted:"]
        lines += [f"  {name:{width}}  {count:>9,}" for name, count in erased.items()]
        lines.append(_counts(forgotten, keeps_counts=keeps_counts))
    searched = ", ".join(map(str, forgotten.searched))
    return [*lines, f"proof: 0 rows left in {searched}"]


def _counts(forgotten: Forgotten, *, keeps_counts: bool) -> str:
    if not forgotten.has_rollup:
        return "There are no tables yet in which anything else would be counted."
    if not forgotten.days:
        span = "No day counted the user"
    else:
        first, last = forgotten.days[0], forgotten.days[-1]
        done = "kept as published" if keeps_counts else "recounted"
        span = f"Days {done}: {len(forgotten.days):,}, from {first} to {last}"
    return (
        f"{span}. rejected_events and the counts by course and by segment follow with "
        "the next run: fast-dau dbt build"
    )


def _as_json(user_id: int, forgotten: Forgotten, *, keeps_counts: bool) -> str:
    erased = {str(table): count for table, count in forgotten.rows_erased.items()}
    days = [day.isoformat() for day in forgotten.days]
    return json.dumps(
        {
            "user_id": user_id,
            "found": any(erased.values()),
            "rows_erased": erased,
            "days_recounted": [] if keeps_counts else days,
            "days_kept": days if keeps_counts else [],
            "rows_left": {str(table): 0 for table in forgotten.searched},
        },
        indent=2,
    )
