"""Which columns each column of a table is made from, in its metadata."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation
from dagster_dbt.core.dbt_event_iterator import DbtEventIterator

_LINEAGE = "dagster/column_lineage"
# It reads tables that are built from it, which dbt must not know of.
_ONLY_DECLARED = ("refresh_days",)


def with_lineage(
    invocation: DbtCliInvocation, model: Mapping[str, Any], output: Any
) -> Any:
    """Return the output of a table just built, with schema and lineage of its columns.

    dagster-dbt finds the lineage in the compiled SQL. Where it cannot, as through a
    lateral join or count(*), the column's `derived_from` in the YAML file says it.
    """
    if model["name"] not in _ONLY_DECLARED:
        described = DbtEventIterator(iter([output]), invocation).fetch_column_metadata()
        [output] = described
    found = output.metadata.get(_LINEAGE)
    lineage = (found.value.deps_by_column if found else {}) | declared(model)
    return output.with_metadata(
        {**output.metadata, _LINEAGE: dg.TableColumnLineage(lineage)}
    )


def declared(model: Mapping[str, Any]) -> dict[str, list[dg.TableColumnDep]]:
    """Return what the YAML file says of columns: `derived_from: [table.column, …]`."""
    return {
        name: [_dependency(text) for text in column["meta"]["derived_from"]]
        for name, column in model["columns"].items()
        if "derived_from" in column["meta"]
    }


def _dependency(text: str) -> dg.TableColumnDep:
    table, column = text.split(".")
    return dg.TableColumnDep(dg.AssetKey(table), column)
