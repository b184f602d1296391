"""The check that the tables equal a recount of the raw events."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import dagster as dg

from orchestration.pipeline.instance import POOL
from orchestration.pipeline.run_database import one_instant
from orchestration.trust.check.cells import (
    COLUMNS,
    days_behind,
    differing_cells,
    differing_reasons,
    have_arrived,
)
from orchestration.trust.check.scope import Days, Scope, days_to_check, read_scope
from orchestration.trust.check.tables import recounted

NAME = "rollup_equals_events"
RECOUNTED = tuple(table.name for table in recounted())
_CELLS_SHOWN = 20
_DESCRIPTION = """
The last seven days that are over, and some older days chosen at random, equal a recount
of the raw events. A difference is an error; a warning, where events that belong to the
day were written since the run, which the next run counts.
"""


class Recount(dg.Config):
    """How many days before the last seven are recounted, chosen at random."""

    older_days: int = 3


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(NAME, asset=table, description=_DESCRIPTION.strip())
        for table in RECOUNTED
    ],
    name=NAME,
    pool=POOL,
    can_subset=True,
)
def rollup_equals_events(
    context: dg.AssetCheckExecutionContext, config: Recount
) -> Iterator[dg.AssetCheckResult]:
    """Recount days, and compare the tables of the selection with it cell by cell."""
    selected = {
        key.asset_key.to_user_string() for key in context.selected_asset_check_keys
    }
    with one_instant() as (connection, _):
        scope = read_scope(connection)
        scope = replace(scope, built=[*selected.intersection(scope.built)])
        days = days_to_recount(scope, config.older_days, Random(context.run.run_id))  # noqa: S311
        found = [
            (cell, days_behind(cell, some))
            for some in days
            for cell in differing_cells(connection, scope, some, lambda _: None)
        ]
        for some in days[-1:]:
            reasons = differing_reasons(connection, scope, some)
            found += [(cell, days_behind(cell, some)) for cell in reasons]
        spans = {span for _, span in found}
        arrived = {span for span in spans if have_arrived(connection, scope, span)}
    wrong = {cell[:3] for cell, span in found if span not in arrived}
    for table in sorted(selected):
        cells = [cell for cell, _ in found if cell[1] == table]
        yield dg.AssetCheckResult(
            asset_key=table,
            check_name=NAME,
            passed=not cells,
            severity=dg.AssetCheckSeverity.WARN
            if cells and wrong.isdisjoint(cell[:3] for cell in cells)
            else dg.AssetCheckSeverity.ERROR,
            metadata=_metadata(scope, table, days, cells),
        )
    # Nothing waits for the check; but who is mailed about failed runs is to know of it.
    if wrong:
        raise dg.Failure(
            f"Cells that differ from the raw events: {len(wrong)}; see {NAME}.",
            allow_retries=False,
        )


def days_to_recount(scope: Scope, older_days: int, random: Random) -> list[Days]:
    """Return the last seven days that are over, and so many older ones, at random.

    Fewer where history is short, none where no day is over yet. Days whose events may
    be purged are not among them, though that may be all.
    """
    if scope.last_over is None or scope.first_published is None:
        return []
    begin = max(scope.first_published, scope.kept_from or date.min)
    if begin > scope.last_over:
        return []
    recent = days_to_check(scope, None, None)
    older = [begin + timedelta(days=n) for n in range((recent.first - begin).days)]
    chosen = sorted(random.sample(older, min(older_days, len(older))))
    return [*(Days(day, day) for day in chosen), recent]


def _metadata(
    scope: Scope, table: str, days: Sequence[Days], cells: Sequence[tuple[Any, ...]]
) -> dict[str, Any]:
    if table in scope.left_out:
        return {"left_out": scope.left_out[table]}
    metadata: dict[str, Any] = {
        "days_recounted": sum(some.number for some in days),
        "days": ", ".join(_in_words(some) for some in days),
        "differing_cells": len(cells),
    }
    if cells:
        metadata["cells"] = dg.MetadataValue.md(_listed(cells[:_CELLS_SHOWN]))
        metadata["to_mend"] = "Run the job hourly_incremental."
    if differing := [cell[0] for cell in cells if cell[0]]:
        metadata["to_mend"] = (
            f"Run the job backfill with start_date {min(differing)} and end_date "
            f"{max(differing)}."
        )
    return metadata


def _in_words(days: Days) -> str:
    return str(days.first) if days.number == 1 else f"{days.first} to {days.last}"


def _listed(cells: Sequence[tuple[Any, ...]]) -> str:
    lines = [COLUMNS, ("---",) * len(COLUMNS), *cells]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
