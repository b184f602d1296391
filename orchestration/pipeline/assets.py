"""The dbt models as assets, built by one dbt command a run."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation, DbtCliResource, dbt_assets

from orchestration.core.dbt import DBT_PROGRAM
from orchestration.pipeline.columns import with_lineage
from orchestration.pipeline.dagster_manifest import MANIFEST, place
from orchestration.pipeline.events_asset import report_events
from orchestration.pipeline.instance import POOL
from orchestration.pipeline.project import PROJECT
from orchestration.pipeline.rebuild import Rebuild, dbt_arguments
from orchestration.pipeline.run_database import reader_of_run, reported_failures
from orchestration.pipeline.run_messages import RunReport
from orchestration.pipeline.translator import TRANSLATOR

DBT = DbtCliResource(project_dir=PROJECT, dbt_executable=DBT_PROGRAM)


@dbt_assets(
    manifest=MANIFEST,
    project=PROJECT,
    dagster_dbt_translator=TRANSLATOR,
    name="rollup",
    pool=POOL,
)
def rollup(
    context: dg.AssetExecutionContext, config: Rebuild, dbt: DbtCliResource
) -> Iterator[Any]:
    """Rebuild days with dbt, and say of each table what the run changed and why."""
    with reported_failures():
        arguments = dbt_arguments(config)
    with reader_of_run() as reader:
        report_events(context, reader)
        place(MANIFEST, reader)
        invocation = dbt.cli(arguments, context=context)
        yield from _reported(invocation, RunReport(reader))


def _reported(invocation: DbtCliInvocation, report: RunReport) -> Iterator[Any]:
    """Yield what dbt's events mean to Dagster, with the run's report of each table."""
    for event in invocation.stream_raw_events():
        for result in event.to_default_asset_events(
            manifest=invocation.manifest,
            dagster_dbt_translator=invocation.dagster_dbt_translator,
            context=invocation.context,
            target_path=invocation.target_path,
            project=PROJECT,
        ):
            if isinstance(result, dg.Output):
                data = event.raw_event["data"]
                model = invocation.manifest["nodes"][data["node_info"]["unique_id"]]
                said = report.of_table(model, data["status"])
                table = result.with_metadata({**result.metadata, **said})
                yield with_lineage(invocation, model, table)
            else:
                yield result
