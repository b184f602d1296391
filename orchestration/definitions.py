"""What Dagster loads: `dagster dev` and `fast-dau ui` find it by pyproject.toml."""

import dagster as dg

from orchestration.pipeline.assets import DBT, rollup
from orchestration.pipeline.events import EVENTS
from orchestration.pipeline.jobs import ROLLUP_JOBS

definitions = dg.Definitions(
    assets=[EVENTS, rollup],
    jobs=ROLLUP_JOBS,
    resources={"dbt": DBT},
    executor=dg.in_process_executor,
)
