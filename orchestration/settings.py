"""Where the project is, and the names that its dbt variables give to tables."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = ROOT / "dbt_project"


@dataclass(frozen=True)
class TableName:
    """A table's schema and name, as they stand in the catalog (unquoted)."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@cache
def dbt_vars() -> dict[str, Any]:
    """Return the `vars` block of dbt_project.yml, the one place they are set.

    Raises UserError where the dbt project is not beside this package.
    """
    path = DBT_PROJECT_DIR / "dbt_project.yml"
    if not path.exists():
        raise UserError(
            f"No dbt project at {path}: install fast-dau from its checkout, "
            "with `make setup` or `pip install --editable .`."
        )
    variables: dict[str, Any] = yaml.safe_load(path.read_text())["vars"]
    return variables


def events_table() -> TableName:
    """Return the source table's name (vars `events_schema`, `events_table`)."""
    variables = dbt_vars()
    return TableName(variables["events_schema"], variables["events_table"])


def is_on_spark() -> bool:
    """Tell whether dbt's target is Spark, by the variable that profiles.yml reads."""
    return os.environ.get("DBT_TARGET") == "spark"


def rollup_schema() -> str:
    """Return the schema of the rollup tables, as profiles.yml reads it."""
    return os.environ.get("FAST_DAU_SCHEMA", "analytics")
