"""dbt's manifest, the one list of tables: made anew where files have changed."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.dbt import run_dbt
from orchestration.errors import Failure
from orchestration.postgres.connection import libpq_variables
from orchestration.postgres.locks import exclusive
from orchestration.settings import DBT_PROJECT_DIR, is_on_spark

# What runs make besides the models.
STATE = ("rollup_state", "pending_days", "moved_days", "erased_counts")


@cache
def manifest() -> dict[str, Any]:
    """Return the manifest as dbt wrote it."""
    read: dict[str, Any] = json.loads(parsed().read_text())
    return read


@cache
def models() -> dict[str, dict[str, Any]]:
    """Return the models that tables and views are made by, in order of their names."""
    nodes = sorted(manifest()["nodes"].values(), key=lambda node: str(node["name"]))
    return {
        node["name"]: node
        for node in nodes
        if node["resource_type"] == "model"
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
    target = DBT_PROJECT_DIR / os.environ.get("DBT_TARGET_PATH", "target")
    target.mkdir(parents=True, exist_ok=True)
    path = target / "manifest.json"
    # The web server, the daemon and a run may all come here at once.
    with exclusive(target / "parsing.lock"):
        if _is_out_of_date(path):
            code = run_dbt(["--quiet", "parse"], libpq_variables(os.environ))
            if code != 0:
                raise Failure(f"dbt cannot parse {DBT_PROJECT_DIR}: see its message.")
    return path


def _is_out_of_date(path: Path) -> bool:
    if not path.exists():
        return True
    # A command of dbt may have been given the folder with another target, and another
    # project where the environment names the folder for both.
    made_for = json.loads(path.read_text())["metadata"]
    engine = "spark" if is_on_spark() else "postgres"
    if (made_for["project_name"], made_for["adapter_type"]) != ("fast_dau", engine):
        return True
    made = path.stat().st_mtime
    sources = [DBT_PROJECT_DIR / "dbt_project.yml"]
    for folder in ("models", "macros", "tests", "analyses"):
        # Folders too, whose times tell of files that are gone.
        sources += [DBT_PROJECT_DIR / folder, *(DBT_PROJECT_DIR / folder).rglob("*")]
    return any(source.stat().st_mtime > made for source in sources)
