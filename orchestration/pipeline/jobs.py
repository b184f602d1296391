"""The jobs: what an operator or a schedule can start."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.pipeline.assets import rollup
from orchestration.pipeline.checks import CHEAP_CHECKS, THOROUGH_CHECKS
from orchestration.pipeline.prune import prune
from orchestration.pipeline.rebuild import Backfill, backfill_days
from orchestration.pipeline.run_database import reported_failures

# The tables, dbt's tests of them and of the source, and checks that cost next to
# nothing.
_ROLLUP = (
    dg.AssetSelection.assets(rollup)
    | dg.AssetSelection.checks(rollup)
    | dg.AssetSelection.checks(*CHEAP_CHECKS)
) - dg.AssetSelection.checks(*THOROUGH_CHECKS)


def _configured(**values: Any) -> dict[str, Any]:
    return {"ops": {rollup.op.name: {"config": values}}}


@dg.config_mapping
def _backfilled_days(days: Backfill) -> Mapping[str, Any]:
    with reported_failures():
        first, last = backfill_days(days.start_date, days.end_date)
    return _configured(start_date=str(first), end_date=str(last))


HOURLY = dg.define_asset_job(
    "hourly_incremental",
    selection=_ROLLUP,
    description="Rebuild the days that are not over, the lookback before them, and "
    "days of which the change log has changes.",
)
DAILY = dg.define_asset_job(
    "daily_full_rollup",
    selection=_ROLLUP | dg.AssetSelection.checks(*THOROUGH_CHECKS),
    config=_configured(full=True),
    description="Rebuild every day that the events table still holds"
    + (
        ", recount some from the raw events, and look at the plans of all queries."
        if THOROUGH_CHECKS
        else "."
    ),
)
BACKFILL = dg.define_asset_job(
    "backfill",
    selection=_ROLLUP,
    config=_backfilled_days,
    description="Rebuild the days from start_date to end_date, both included.",
)
PRUNE = prune
JOBS = (HOURLY, DAILY, BACKFILL, PRUNE)
