"""dbt's manifest as Dagster is given it: without the models that are no tables."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from orchestration.core.manifest import parsed
from orchestration.core.settings import TableName
from orchestration.pipeline.engine import Reader


def table_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest, in which models depend on tables and sources alone.

    What is ephemeral stands for what it reads: dagster-dbt finds the lineage of columns
    through tables only. It looks for the description of a test in its `meta`.
    """
    manifest: dict[str, Any] = json.loads(path.read_text())
    nodes = manifest["nodes"]
    for name, node in nodes.items():
        if node["resource_type"] == "model":
            tables = list(dict.fromkeys(_tables(nodes, name)))
            node["depends_on"]["nodes"] = tables
            manifest["parent_map"][name] = tables
        elif node["resource_type"] == "test":
            node["meta"].setdefault("description", _description(manifest, node))
    return manifest


def _description(manifest: Mapping[str, Any], test: Mapping[str, Any]) -> str:
    """Return that of a test, or of the generic one that it is made by."""
    of_macros = (
        manifest["macros"][name]["description"] for name in test["depends_on"]["macros"]
    )
    return next(filter(None, [test["description"], *of_macros]), "")


def _tables(nodes: Mapping[str, Any], name: str) -> Iterator[str]:
    for parent in nodes[name]["depends_on"]["nodes"]:
        node = nodes.get(parent)
        if node and node["config"]["materialized"] == "ephemeral":
            yield from _tables(nodes, parent)
        else:
            yield parent


def place(manifest: Mapping[str, Any], reader: Reader) -> None:
    """Let the manifest name the tables of this database, whichever it was made for."""
    for node in [*manifest["nodes"].values(), *manifest["sources"].values()]:
        name = node.get("identifier") or node["alias"]
        database, relation = reader.relation(TableName(node["schema"], name))
        node["database"] = database
        if node["relation_name"]:
            node["relation_name"] = relation


MANIFEST = table_manifest(parsed())
