"""The dashboards' files agree with the tables, and the dbt project with the files."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure
from orchestration.core.manifest import manifest, models
from orchestration.core.settings import ROOT
from orchestration.dashboards.bundle import BUNDLE, datasets, filled_bundle, tables_read
from orchestration.dashboards.superset_role import reader_address
from tests.own_projects import described

CHARTS = {
    path.stem: yaml.safe_load(path.read_text()) for path in BUNDLE.glob("charts/*.yaml")
}
(DASHBOARD,) = (
    yaml.safe_load(path.read_text()) for path in BUNDLE.glob("dashboards/*.yaml")
)


def contract(table: str) -> dict[str, str]:
    """Return the columns of a table by its contract, and their types."""
    columns = models()[table]["columns"].values()
    return {column["name"]: column["data_type"].upper() for column in columns}


def test_every_table_that_is_read_is_a_dependency_of_the_exposure() -> None:
    exposure = manifest()["exposures"]["exposure.fast_dau.product_usage"]

    needed = {name.split(".")[-1] for name in exposure["depends_on"]["nodes"]}
    assert needed == tables_read()


def test_a_dataset_of_a_table_has_the_columns_of_its_contract() -> None:
    tables = {
        name: dataset for name, dataset in datasets().items() if name in tables_read()
    }

    assert len(tables) >= 5
    for name, dataset in tables.items():
        shown = {
            column["column_name"]: column["type"]
            for column in dataset["columns"]
            if "expression" not in column
        }
        assert shown == contract(name), name


def test_every_chart_is_on_the_dashboard_under_its_own_name() -> None:
    placed = {
        part["meta"]["uuid"]: part["meta"]["sliceName"]
        for part in DASHBOARD["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART"
    }

    assert placed == {chart["uuid"]: chart["slice_name"] for chart in CHARTS.values()}


def test_every_chart_has_its_dataset_and_every_dataset_a_chart() -> None:
    known = {dataset["uuid"] for dataset in datasets().values()}

    assert {chart["dataset_uuid"] for chart in CHARTS.values()} == known


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_uses_metrics_and_columns_that_its_dataset_has(name: str) -> None:
    chart = CHARTS[name]
    (dataset,) = (
        each for each in datasets().values() if each["uuid"] == chart["dataset_uuid"]
    )
    params: dict[str, Any] = chart["params"]

    metrics = {metric["metric_name"] for metric in dataset["metrics"]}
    columns = {column["column_name"] for column in dataset["columns"]}
    assert {*params.get("metrics", []), params.get("metric")} - {None} <= metrics
    assert {*params.get("all_columns", []), params.get("x_axis")} - {None} <= columns


def test_no_password_and_no_address_is_in_the_files(tmp_path: Path) -> None:
    (file,) = BUNDLE.glob("databases/*.yaml")
    assert yaml.safe_load(file.read_text())["sqlalchemy_uri"].split("@") == [
        "postgresql+psycopg2://reader:XXXXXXXXXX",
        "localhost:5432/product",
    ]

    with filled_bundle("postgresql://a:b@c/d", tmp_path) as folder:
        filled = yaml.safe_load((folder / file.relative_to(BUNDLE)).read_text())
        assert filled["sqlalchemy_uri"] == "postgresql://a:b@c/d"
    assert not folder.exists()


def test_another_schema_reaches_every_dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAST_DAU_SCHEMA", "usage")

    with filled_bundle("postgresql://", tmp_path) as folder:
        texts = [path.read_text() for path in folder.glob("datasets/*/*.yaml")]

    assert {yaml.safe_load(text)["schema"] for text in texts} == {"usage"}
    assert not any("analytics" in text for text in texts)


def test_types_of_ids_reach_the_datasets(tmp_path: Path) -> None:
    with (
        described(tmp_path / "own", user_id_type="uuid", course_id_type="bigint"),
        filled_bundle("postgresql://", tmp_path) as folder,
    ):
        texts = [path.read_text() for path in folder.glob("datasets/*/*.yaml")]
    columns = [column for text in texts for column in yaml.safe_load(text)["columns"]]

    assert {
        (column["column_name"], column["type"])
        for column in columns
        if column["column_name"] in {"user_id", "course_id"}
    } == {("user_id", "TEXT"), ("course_id", "BIGINT")}


def test_the_pins_are_names_and_versions_only() -> None:
    lines = (BUNDLE / "requirements.txt").read_text().splitlines()[1:]

    assert len(lines) > 100
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    assert ".venv-superset/" in (ROOT / ".gitignore").read_text()


def test_without_tables_one_sentence_says_what_to_run_first(
    connection: Connection, database_env: dict[str, str]
) -> None:
    with pytest.raises(Failure, match="`fast-dau demo`, or `fast-dau dbt build`"):
        reader_address(database_env, "secret", tables_read())
