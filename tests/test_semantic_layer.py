"""The semantic models: what MetricFlow says of the tables is what stands in them."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from dbt.adapters.factory import get_adapter_by_type
from dbt.contracts.graph import semantic_manifest
from dbt_metricflow.cli.dbt_connectors.adapter_backed_client import (
    AdapterBackedSqlClient,
)
from metricflow.engine.metricflow_engine import (
    MetricFlowEngine,
    MetricFlowQueryRequest,
)
from metricflow_semantic_interfaces.protocols.semantic_manifest import SemanticManifest
from metricflow_semantic_interfaces.validations.semantic_manifest_validator import (
    SemanticManifestValidator,
)
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from orchestration.core.connection import Connection
from tests.made_up_events import eventful_days
from tests.oracle import Definitions, Event
from tests.product_oracle import Rows
from tests.rollup import Rollup, project_for

pytestmark = pytest.mark.prove

FIRST = datetime(2024, 2, 12)
NOW = datetime(2024, 3, 25, 12)
# By grain and metric, what it is in which table, and of which rows.
METRICS = {
    "day": {
        "dau": "dau from daily_active_users",
        "active_events": "events_count from daily_active_users",
        "wau_7d": "wau_7d from rolling_active_users",
        "mau_28d": "mau_28d from rolling_active_users",
        "new_users": "new_users from growth_accounting",
    },
    "month": {
        "dau": "avg(dau) from daily_active_users group by 1",
        "active_user_days": "count(*) from user_day_activity group by 1",
        "mau_28d": (
            "mau_28d from rolling_active_users"
            " where activity_date in ('2024-02-29', '2024-03-25')"
        ),
        "new_users": (
            "count(*) from (select first_activity_date as activity_date"
            " from user_lifetimes) as firsts group by 1"
        ),
        "events_per_active_user_day": (
            "avg(events_count) from user_day_activity group by 1"
        ),
    },
}


@pytest.fixture
def rollup(whole_rollup_in: Callable[[Definitions], Rollup]) -> Rollup:
    """A rollup of six weeks."""
    opened = whole_rollup_in(Definitions())
    days = (NOW - FIRST) // timedelta(days=1) + 1
    opened.insert(eventful_days(Random(3), FIRST, days))
    opened.insert([Event(99, NOW)])
    opened.build(NOW)
    return opened


@pytest.fixture
def manifest(connection: Connection, tmp_path: Path) -> SemanticManifest:
    """The semantic models as dbt hands them over, for the test's database."""
    database = connection.info.dbname
    project = project_for(database, has_product=True)
    for model in project.semantic_models.values():
        relation = model.node_relation
        assert relation is not None
        names = (database, relation.schema_name, relation.alias)
        relation.database = database
        relation.relation_name = ".".join(f'"{name}"' for name in names)
    written = tmp_path / "semantic_manifest.json"
    semantic_manifest.SemanticManifest(project).write_json_to_file(str(written))
    return parse_manifest_from_dbt_generated_manifest(written.read_text())


@pytest.fixture
def engine(manifest: SemanticManifest, rollup: Rollup) -> MetricFlowEngine:
    """MetricFlow on the test's database, to which dbt has just connected."""
    adapter = get_adapter_by_type("postgres")  # type: ignore[no-untyped-call]
    client = AdapterBackedSqlClient(adapter)
    return MetricFlowEngine(SemanticManifestLookup(manifest), client)


def asked(engine: MetricFlowEngine, metric: str, *group_by: str) -> Rows:
    """Return the rows of a metric, without those that have no value."""
    request = MetricFlowQueryRequest.create(
        metric_names=[metric], group_by_names=group_by
    )
    table = engine.query(request).result_df
    assert table is not None
    return comparable(row for row in table.rows if row[-1] is not None)


def comparable(rows: Iterable[Any]) -> Rows:
    """Return rows sorted, with days as such and numbers as floats."""
    return sorted(
        (
            *(key.date() if isinstance(key, datetime) else key for key in keys),
            round(float(n), 6),
        )
        for *keys, n in rows
    )


def test_the_semantic_models_are_valid(manifest: SemanticManifest) -> None:
    validator = SemanticManifestValidator[Any]()
    results = validator.validate_semantic_manifest(manifest)

    assert [issue.message for issue in results.all_issues] == []


def test_each_metric_is_what_the_tables_say(
    rollup: Rollup, engine: MetricFlowEngine
) -> None:
    rollup.execute("set search_path = analytics")
    for grain, metrics in METRICS.items():
        for metric, said in metrics.items():
            found = asked(engine, metric, f"metric_time__{grain}")
            query = f"select date_trunc('{grain}', activity_date), {said}"

            assert found == comparable(rollup.query(query)), metric
    by_course = asked(engine, "course_dau", "metric_time__day", "course_day__course_id")

    assert by_course == comparable(
        rollup.query(
            "select activity_date, course_id, dau from daily_active_users_by_course"
        )
    )
