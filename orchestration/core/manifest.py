"""dbt's manifest, the one list of tables: made anew where files have changed."""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.core.connection import libpq_variables
from orchestration.core.dbt import run_dbt, target_folder
from orchestration.core.errors import Failure
from orchestration.core.locks import exclusive
from orchestration.core.plain_yaml import read_yaml
from orchestration.core.settings import (
    PACKAGE,
    is_on_spark,
    packages_dir,
    project_dir,
    rollup_schema,
)

# What runs make besides the models.
STATE = ("rollup_state", "pending_days", "moved_days", "erased_counts")
_FOLDERS = {
    "model-paths": "models",
    "macro-paths": "macros",
    "test-paths": "tests",
    "analysis-paths": "analyses",
    "seed-paths": "seeds",
    "snapshot-paths": "snapshots",
}


@cache
def manifest() -> dict[str, Any]:
    """Return the manifest as dbt wrote it."""
    read: dict[str, Any] = json.loads(parsed().read_text())
    return read


@cache
def models() -> dict[str, dict[str, Any]]:
    """Return the models that our tables and views are made by, in order of their names.

    Those of a user's own project are not among them.
    """
    nodes = sorted(manifest()["nodes"].values(), key=lambda node: str(node["name"]))
    return {
        node["name"]: node
        for node in nodes
        if node["resource_type"] == "model"
        and node["package_name"] == PACKAGE
        and node["config"]["materialized"] != "ephemeral"
    }


def tables() -> list[str]:
    """Return the names of the tables, in which rows are replaced."""
    return [
        name
        for name, node in models().items()
        if node["config"]["materialized"] == "replace_days"
    ]


def parsed() -> Path:
    """Return the path of the project's manifest, made anew where it is out of date.

    Takes a second or two then, and no database. Raises Failure where dbt finds the
    project at fault; what it says goes to standard output.
    """
    target = target_folder()
    path = target / "manifest.json"
    # The web server, the daemon and a run may all come here at once.
    with exclusive(target / "parsing.lock"):
        if _is_out_of_date(path):
            code = run_dbt(["--quiet", "parse"], libpq_variables(os.environ))
            if code != 0:
                raise Failure(f"dbt cannot parse {project_dir()}: see its message.")
    return path


def _is_out_of_date(path: Path) -> bool:
    if not path.exists():
        return True
    # A command of dbt may have been given the folder with another target, and another
    # project where the environment names the folder for both.
    made = json.loads(path.read_text())
    days = made["nodes"].get(f"model.{PACKAGE}.refresh_days")
    if days is None or days["schema"] != rollup_schema():
        return True
    made_for = made["metadata"]["project_name"], made["metadata"]["adapter_type"]
    engine = "spark" if is_on_spark() else "postgres"
    if made_for != (read_yaml(project_dir() / "dbt_project.yml")["name"], engine):
        return True
    time = path.stat().st_mtime
    return any(source.stat().st_mtime > time for source in _sources())


def _sources() -> Iterator[Path]:
    """Yield the files of the project and of its packages, and their folders.

    The times of folders tell of files that are gone.
    """
    for project in (project_dir(), *packages_dir().glob("*")):
        yield from project.glob("*.yml")
        settings = read_yaml(project / "dbt_project.yml")
        for name, default in _FOLDERS.items():
            for folder in settings.get(name, [default]):
                yield from project.glob(folder)
                yield from project.glob(f"{folder}/**/*")
