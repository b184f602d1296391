"""What runs of dbt have built that Dagster did not start, noted as of its own runs."""

import json
import os
from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.core.connection import names_a_server
from orchestration.core.manifest import models
from orchestration.core.settings import is_on_spark, rollup_schema
from orchestration.pipeline.assets import rollup
from orchestration.pipeline.engine import Reader, rollup_table
from orchestration.pipeline.run_database import reader_of_run

# dagster-dbt's own name for the run of dbt that built a table.
_RUN = "invocation_id"
_STATE = "select run_id, built_with from {state}"
_ROWS = """
select
    relname::text,
    case when relkind = 'r' and reltuples >= 0 then reltuples::bigint end
from pg_class
where relnamespace = to_regnamespace(%(schema)s) and relkind in ('r', 'v')
"""


@dg.sensor(
    name="runs_outside_dagster",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Note as materialized what a run of dbt has built that Dagster did not "
    "start, such as one of `fast-dau dbt build`, once it has ended. A run of some "
    "tables for days that an earlier one chose is not seen.",
)
def runs_outside_dagster(
    context: dg.SensorEvaluationContext,
) -> dg.SensorResult | dg.SkipReason:
    """Compare which run built each table with which one Dagster knows of."""
    if not is_on_spark() and not names_a_server(os.environ):
        # It would be started each minute, to be asked.
        return dg.SkipReason("PGHOST is not set, and the embedded server is not asked.")
    try:
        with reader_of_run() as reader:
            [(run_at_work, found)] = reader.ask(
                _STATE.format(state=rollup_table(reader, "rollup_state"))
            ).rows
            rows = {} if is_on_spark() else _rows(reader)
    except dg.Failure as failure:
        return dg.SkipReason(failure.description)
    if run_at_work:
        return dg.SkipReason(f"The run {run_at_work} has not ended.")
    # It is JSON, which one engine gives as text.
    built = json.loads(found) if isinstance(found, str) else found
    seen = json.loads(context.cursor or "{}")
    events = [
        _materialization(key, run, rows)
        for key in sorted(rollup.keys)
        if (run := _built_by(key, built, rows))
        and run != _built_by(key, seen, rows)
        and run != _noted(context.instance, key)
    ]
    return dg.SensorResult(
        asset_events=events,
        skip_reason=None if events else "Nothing was built but by runs of Dagster's.",
        cursor=json.dumps(built),
    )


def _rows(reader: Reader) -> dict[str, int | None]:
    """Return how many rows each table has, as the planner knows it; None: not known."""
    return dict(reader.ask(_ROWS, schema=rollup_schema()).rows)


def _built_by(
    key: dg.AssetKey, built: Mapping[str, str], there: Mapping[str, int | None]
) -> str | None:
    """Return the run that built a table last.

    A view, or a table that is not of days, is taken to be as new as refresh_days.
    """
    name = key.path[-1]
    model = models().get(name)
    has_days = not model or model["config"]["meta"].get("influence_days") is not None
    return built.get(name if has_days or name not in there else "refresh_days")


def _noted(instance: dg.DagsterInstance, key: dg.AssetKey) -> str | None:
    """Return the run that Dagster says has built it last."""
    event = instance.get_latest_materialization_event(key)
    materialization = event.asset_materialization if event else None
    run = materialization.metadata.get(_RUN) if materialization else None
    return str(run.value) if run else None


def _materialization(
    key: dg.AssetKey, run: str, rows: Mapping[str, int | None]
) -> dg.AssetMaterialization:
    number = rows.get(key.path[-1])
    metadata: dict[str, Any] = {_RUN: run}
    if number is not None:
        metadata["dagster/row_count"] = number
    return dg.AssetMaterialization(key, metadata=metadata)
