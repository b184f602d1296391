"""What Dagster loads: `dagster dev` finds it by pyproject.toml, others by its name."""

import dagster as dg

from orchestration.pipeline.alerts import SENSORS
from orchestration.pipeline.assets import rollup
from orchestration.pipeline.checks import CHEAP_CHECKS, THOROUGH_CHECKS
from orchestration.pipeline.dbt_resource import DBT
from orchestration.pipeline.events_asset import EVENTS
from orchestration.pipeline.jobs import JOBS
from orchestration.pipeline.outside_runs import runs_outside_dagster
from orchestration.pipeline.schedules import SCHEDULES

definitions = dg.Definitions(
    assets=[EVENTS, rollup],
    asset_checks=[*CHEAP_CHECKS, *THOROUGH_CHECKS],
    jobs=JOBS,
    schedules=SCHEDULES,
    sensors=[runs_outside_dagster, *SENSORS],
    resources={"dbt": DBT},
    # A run is one step of dbt and a few checks: no process for each.
    executor=dg.in_process_executor,
)
