"""Which days a run rebuilds: the run's configuration, and the dbt command for it."""

import json
from datetime import date

import dagster as dg
from pydantic import Field

from orchestration.core.errors import UserError
from orchestration.core.settings import as_vars


class Rebuild(dg.Config):
    """What a run rebuilds; nothing set: what an ordinary run does.

    `start_date` and `end_date`, ISO 8601, both included and both or none, make it a
    backfill; `full` takes every day that the events table still holds.
    """

    full: bool = False
    start_date: str | None = None
    end_date: str | None = None


class Backfill(dg.Config):
    """The days to rebuild: local calendar days, ISO 8601, both included."""

    start_date: str = Field(
        description="The first day to rebuild, such as '2024-03-01', in quotes."
    )
    end_date: str = Field(
        description="The last day to rebuild, such as '2024-03-31'; may be the first."
    )


def dbt_arguments(rebuild: Rebuild) -> list[str]:
    """Return the dbt command that rebuilds these days and tests them.

    Raises UserError where the days are no range of days, or `full` takes them all.
    """
    variables = {}
    if rebuild.full:
        variables["refresh"] = "full"
    if rebuild.start_date or rebuild.end_date:
        if rebuild.full:
            raise UserError("full takes every day: leave out start_date and end_date.")
        first, last = backfill_days(rebuild.start_date or "", rebuild.end_date or "")
        variables |= {"start_date": str(first), "end_date": str(last)}
    command = ["build", "--exclude-resource-type", "unit_test"]
    return (
        [*command, "--vars", json.dumps(as_vars(variables))] if variables else command
    )


def backfill_days(start: str, end: str) -> tuple[date, date]:
    """Return the first and the last day; UserError where they are no range of days."""
    first, last = _day("start_date", start), _day("end_date", end)
    if last < first:
        raise UserError(f"end_date {last} is before start_date {first}: swap them.")
    return first, last


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(
            f"{name} {text!r} is not a day: write one such as 2024-03-01."
        ) from None
