"""`fast-dau docs`, and that what it shows is described."""

import re
from pathlib import Path
from typing import Any

import pytest

from orchestration.core.connection import Connection
from orchestration.core.settings import ROOT, events_table
from orchestration.source.table import init_events_table
from tests.commands import answer, refusal
from tests.rollup import project_for


def test_every_table_and_every_column_is_described() -> None:
    project = project_for("any", has_product=True)
    described = {}
    for name in {**project.nodes, **project.sources}:
        kind, *_ = name.split(".")
        if kind in {"model", "source"}:
            node: Any = project.nodes.get(name) or project.sources[name]
            described[node.name] = node.description
            for column in node.columns.values():
                described[f"{node.name}.{column.name}"] = column.description

    assert {"events.user_id", "daily_retention.returning_d7"} <= set(described)
    assert [name for name, text in described.items() if len(text) < 9] == []


def test_the_page_of_definitions_is_named_where_numbers_are_described() -> None:
    project = project_for("any", has_product=True)
    pages = {
        page
        for node in project.nodes.values()
        for page in re.findall(r"docs/\w+\.md", node.description)
    }

    assert pages == {"docs/definitions.md"}
    assert (ROOT / "docs" / "definitions.md").exists()


def test_the_page_cannot_be_written_where_there_is_no_folder(
    database_env: dict[str, str], tmp_path: Path
) -> None:
    page = tmp_path / "missing" / "docs.html"

    assert "there is no folder" in refusal("docs", "--out", str(page))


@pytest.mark.prove
def test_the_documentation_is_one_page_with_every_table_and_its_lineage(
    connection: Connection, tmp_path: Path
) -> None:
    init_events_table(connection, events_table(), print)
    page = tmp_path / "docs.html"
    said = answer("docs", "--out", str(page))
    text = page.read_text()

    assert said.endswith(f"The documentation is in {page}\n")
    assert re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=.https?:", text) == []
    for name in project_for("any", has_product=True).nodes:
        if name.startswith("model."):
            assert f'"{name}"' in text
    assert '"source.fast_dau.app.events"' in text
    assert '"child_map"' in text
