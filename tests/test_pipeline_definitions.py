"""What an operator sees in Dagster before anything has run."""

import dagster as dg
import pytest

from orchestration.core.manifest import manifest, models, tables
from orchestration.definitions import definitions
from orchestration.pipeline.jobs import JOBS
from orchestration.pipeline.schedules import SCHEDULES
from orchestration.trust.check.tables import recounted
from tests.pipeline_runs import job_of

GRAPH = definitions.resolve_asset_graph()
MODELS = models()
EVENTS = dg.AssetKey("events")
KEYS = GRAPH.get_all_asset_keys()


def column_names(key: dg.AssetKey) -> list[str]:
    """Return the columns of an asset's schema."""
    schema = GRAPH.get(key).metadata["dagster/column_schema"]
    return [column.name for column in schema.columns]


def parents(name: str) -> set[str]:
    """Return the assets that one is made from."""
    return {key.to_user_string() for key in GRAPH.get(dg.AssetKey(name)).parent_keys}


def test_the_definitions_can_be_loaded() -> None:
    dg.Definitions.validate_loadable(definitions)


def test_every_table_and_the_events_are_assets() -> None:
    groups = {key.to_user_string(): GRAPH.get(key).group_name for key in KEYS}

    assert groups.keys() == {"events", *MODELS}
    assert GRAPH.get(EVENTS).is_external
    assert groups["events"] == "events"
    assert groups["refresh_days"] == "rollup"
    assert groups["cohort_retention"] == "product"


@pytest.mark.parametrize("name", ["events", *MODELS])
def test_an_asset_has_owner_description_kinds_and_freshness_policy(name: str) -> None:
    node = GRAPH.get(dg.AssetKey(name))

    assert node.owners == ["team:analytics"]
    assert len(node.description or "") > 50
    assert node.kinds == {"dbt", "postgres"}
    assert node.freshness_policy_or_from_metadata


@pytest.mark.parametrize("name", MODELS)
def test_the_column_schema_of_a_table_is_that_of_its_contract(name: str) -> None:
    schema = GRAPH.get(dg.AssetKey(name)).metadata["dagster/column_schema"]

    columns = MODELS[name]["columns"].values()
    assert [(c.name, c.type, c.description) for c in schema.columns] == [
        (c["name"], c["data_type"], c["description"]) for c in columns
    ]


def test_tables_that_name_users_and_no_others_are_tagged_as_personal_data() -> None:
    tagged = {key for key in KEYS if "personal_data" in GRAPH.get(key).tags}

    assert tagged == {key for key in KEYS if "user_id" in column_names(key)}


def test_the_lineage_goes_from_the_events_to_retention_products_and_views() -> None:
    assert parents("refresh_days") == {"events"}
    assert parents("user_day_activity") == {"events", "refresh_days"}
    assert parents("daily_active_users") >= {"user_day_activity", "refresh_days"}
    assert parents("daily_retention") >= {"daily_active_users", "returning_users"}
    assert parents("daily_active_users_by_course") == {"events", "refresh_days"}
    assert parents("growth_accounting") >= {"daily_retention", "user_lifetimes"}
    assert parents("cohort_retention") >= {"user_day_activity", "user_lifetimes"}
    assert parents("weekly_cohort_retention") == {"cohort_retention"}
    assert parents("daily_active_users_live") >= {"daily_active_users", "events"}


def test_every_data_test_of_dbt_is_a_check_of_one_asset() -> None:
    tests = [
        node["name"]
        for node in manifest()["nodes"].values()
        if node["resource_type"] == "test"
    ]
    checks = [key.name for key in GRAPH.asset_check_keys]

    assert len(tests) > 20
    assert [name for name in tests if checks.count(name) != 1] == []


def test_whatever_can_be_clicked_has_a_description_in_dagster() -> None:
    for check in GRAPH.asset_check_keys:
        assert GRAPH.get(check).description, check
    for each in (*JOBS, *SCHEDULES):
        assert each.description, each.name


def test_the_nightly_job_makes_every_check_and_the_others_the_cheap_ones() -> None:
    every = set(GRAPH.asset_check_keys)
    thorough = {
        key for key in every if key.name in {"no_full_scans", "rollup_equals_events"}
    }

    def checks(job: str) -> set[dg.AssetCheckKey]:
        layer = definitions.resolve_job_def(job).asset_layer
        return set(layer.asset_graph.asset_check_keys)

    checked = {key.asset_key.to_user_string() for key in thorough} - {"events"}
    assert checked == {table.name for table in recounted()}
    assert checked == {*tables()} - {"refresh_days"}
    assert checks("daily_full_rollup") == every
    assert checks("hourly_incremental") == checks("backfill") == every - thorough


def test_all_that_works_on_the_rollup_shares_one_pool() -> None:
    for job in ("hourly_incremental", "daily_full_rollup", "backfill"):
        nodes = definitions.resolve_job_def(job).nodes
        assert "rollup" in {pool for node in nodes for pool in node.definition.pools}


def test_each_asset_with_its_checks_and_each_check_can_be_run_by_itself() -> None:
    for key in GRAPH.materializable_asset_keys:
        layer = job_of(dg.AssetSelection.assets(key)).asset_layer
        assert set(layer.executable_asset_keys) == {key}
        checks = layer.asset_graph.asset_check_keys
        assert {check.asset_key for check in checks} <= {key}
    for check in GRAPH.asset_check_keys:
        layer = job_of(dg.AssetSelection.checks(check)).asset_layer
        assert set(layer.asset_graph.asset_check_keys) == {check}
