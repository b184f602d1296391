"""How dbt's models, sources and tests become Dagster's assets and checks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtProject,
)

from orchestration.core.settings import PACKAGE

# The hourly run may be skipped for the daily one, once.
_OF_TABLES = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=6), warn_window=timedelta(hours=2, minutes=30)
)


class RollupTranslator(DagsterDbtTranslator):
    """Takes names, groups, owners and descriptions from dbt; adds how fresh is fresh.

    A table is as fresh as its last run, since a run brings it up to all events there
    are; events are as fresh as the newest of them (`events_asset`).
    """

    def __init__(self) -> None:
        super().__init__(
            DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True)
        )

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """Return the asset of a model or source, with its freshness policy."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        resource = self.get_resource_props(manifest, unique_id)
        if resource["resource_type"] != "source":
            return spec.replace_attributes(freshness_policy=_OF_TABLES)
        if resource["package_name"] != PACKAGE:
            return spec
        policy = dg.FreshnessPolicy.time_window(
            fail_window=duration(resource["freshness"]["error_after"]),
            warn_window=duration(resource["freshness"]["warn_after"]),
        )
        return spec.replace_attributes(freshness_policy=policy)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the group that a model says, or the name of the project it is in."""
        group = super().get_group_name(dbt_resource_props)
        package: str = dbt_resource_props["package_name"]
        return group or package


def duration(threshold: Mapping[str, Any]) -> timedelta:
    """Return dbt's count of minutes, hours or days as a time."""
    return timedelta(**{f"{threshold['period']}s": threshold["count"]})


TRANSLATOR = RollupTranslator()
