"""Where the project is, and the names that its dbt variables give to tables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration import plain_yaml
from orchestration.errors import UserError

ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = ROOT / "dbt_project"

# Of the variables, those that are read here too; dbt refuses all that make no sense.
_TEXTS = ("events_schema", "events_table", "reader_role", "time_zone")
_WHOLE_NUMBERS = {"lookback_days": 36_500, "max_clock_skew_minutes": 525_600}


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
    try:
        variables: dict[str, Any] = plain_yaml.load(path.read_text("utf-8"))["vars"]
    except (yaml.YAMLError, ValueError) as error:
        raise UserError(
            f"{path} is not YAML: {' '.join(str(error).split())}."
        ) from None
    check_vars(variables)
    return variables


def check_vars(variables: Mapping[str, Any]) -> None:
    """Raise UserError where a variable that this package reads makes no sense."""
    for name in _TEXTS:
        text = variables.get(name)
        if not isinstance(text, str) or not text.strip() or "\0" in text:
            raise UserError(f"The variable {name} is {text!r}, not a name in quotes.")
    for name, most in _WHOLE_NUMBERS.items():
        number = variables.get(name)
        if type(number) is not int or not 0 <= number <= most:
            raise UserError(
                f"The variable {name} is {number!r}, not a whole number up to {most}."
            )


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
