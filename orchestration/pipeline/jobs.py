"""The jobs: what an operator or a schedule can start."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.pipeline.assets import rollup
from orchestration.pipeline.environment import reported_failures
from orchestration.pipeline.rebuild import Backfill, backfill_days

# With dbt's tests of its models and of the source.
_DBT = dg.AssetSelection.assets(rollup) | dg.AssetSelection.checks(rollup)


def _configured(**values: Any) -> dict[str, Any]:
    return {"ops": {rollup.op.name: {"config": values}}}


@dg.config_mapping
def _backfilled_days(days: Backfill) -> Mapping[str, Any]:
    with reported_failures():
        first, last = backfill_days(days.start_date, days.end_date)
    return _configured(start_date=str(first), end_date=str(last))


HOURLY = dg.define_asset_job(
    "hourly_incremental",
    selection=_DBT,
    description="Rebuild the days that are not over, the lookback before them, and "
    "days of which the change log has changes.",
)
DAILY = dg.define_asset_job(
    "daily_full_rollup",
    selection=_DBT,
    config=_configured(full=True),
    description="Rebuild every day that the events table still holds.",
)
BACKFILL = dg.define_asset_job(
    "backfill",
    selection=_DBT,
    config=_backfilled_days,
    description="Rebuild the days from start_date to end_date, both included.",
)
ROLLUP_JOBS = (HOURLY, DAILY, BACKFILL)
