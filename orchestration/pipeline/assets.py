"""The dbt models as assets, built by one dbt command a run, with columns' lineage."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation, DbtCliResource, dbt_assets
from dagster_dbt.core.dbt_event_iterator import DbtEventIterator

from orchestration.pipeline.dagster_manifest import MANIFEST, place
from orchestration.pipeline.events_asset import report_events
from orchestration.pipeline.instance import POOL
from orchestration.pipeline.project import PROJECT
from orchestration.pipeline.rebuild import Rebuild, dbt_arguments
from orchestration.pipeline.run_database import reader_of_run, reported_failures
from orchestration.pipeline.run_messages import RunReport
from orchestration.pipeline.translator import TRANSLATOR

_LINEAGE = "dagster/column_lineage"
# Of these the YAML file says all: the first reads tables that are built from it, which
# dbt must not know of, and the others may have a branch for each day, which take long.
_ONLY_DECLARED = (
    "refresh_days",
    "user_day_activity",
    "daily_active_users_by_course",
    "daily_active_users_by_segment",
)


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
                yield _with_lineage(invocation, model, table)
            else:
                yield result


def _with_lineage(
    invocation: DbtCliInvocation, model: Mapping[str, Any], output: Any
) -> Any:
    """Return the output of a table just built, with schema and lineage of its columns.

    dagster-dbt finds the lineage in the compiled SQL. Where it cannot, as through a
    lateral join or count(*), the column's `derived_from` in the YAML file says it.
    """
    [output] = DbtEventIterator(iter([output]), invocation).fetch_column_metadata(
        with_column_lineage=model["name"] not in _ONLY_DECLARED
    )
    found = output.metadata.get(_LINEAGE)
    lineage = (found.value.deps_by_column if found else {}) | _declared(model)
    return output.with_metadata(
        {**output.metadata, _LINEAGE: dg.TableColumnLineage(lineage)}
    )


def _declared(model: Mapping[str, Any]) -> dict[str, list[dg.TableColumnDep]]:
    """Return what the YAML file says of columns: `derived_from: [table.column, …]`."""
    return {
        name: [
            dg.TableColumnDep(dg.AssetKey(table), origin)
            for table, origin in (
                text.split(".") for text in column["meta"]["derived_from"]
            )
        ]
        for name, column in model["columns"].items()
        if "derived_from" in column["meta"]
    }
