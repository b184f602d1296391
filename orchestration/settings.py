"""Where the dbt project is, and what its variables say."""

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

PREFIX = "fast_dau_"
# Of the variables, those that are read here too, without the prefix; all defaults are
# in macros/vars/settings.sql. dbt refuses all that make no sense.
DEFAULTS = {
    "events_schema": "public",
    "events_table": "events",
    "reader_role": "fast_dau_reader",
    "time_zone": "UTC",
    "lookback_days": 3,
    "max_clock_skew_minutes": 5,
    "refresh": "incremental",
    "start_date": None,
}
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
    """Return what dbt_project.yml says of those in DEFAULTS, by the same names.

    Raises UserError where the dbt project is not beside this package.
    """
    return vars_of_run({})


def vars_of_run(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same for a run that is given these variables by `--vars`."""
    path = DBT_PROJECT_DIR / "dbt_project.yml"
    if not path.exists():
        raise UserError(
            f"No dbt project at {path}: install fast-dau from its checkout, "
            "with `make setup` or `pip install --editable .`."
        )
    try:
        project = plain_yaml.load(path.read_text("utf-8"))
    except (yaml.YAMLError, ValueError) as error:
        raise UserError(
            f"{path} is not YAML: {' '.join(str(error).split())}."
        ) from None
    variables = {**(project.get("vars") or {}), **given}
    found = {}
    # Old names had no prefix; in somebody else's project they are not ours.
    old = variables if project["name"] == "fast_dau" else {}
    for name, default in DEFAULTS.items():
        found[name] = variables.get(PREFIX + name, old.get(name, default))
    _check_vars(found)
    return found


def as_vars(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return these as dbt is given them, by names with the prefix."""
    return {PREFIX + name: value for name, value in settings.items()}


def _check_vars(found: Mapping[str, Any]) -> None:
    """Raise UserError where a variable that this package reads makes no sense."""
    for name in ("events_schema", "events_table", "reader_role", "time_zone"):
        text = found[name]
        if not isinstance(text, str) or not text.strip() or "\0" in text:
            raise UserError(
                f"The variable {PREFIX}{name} is {text!r}, not a name in quotes."
            )
    for name, most in _WHOLE_NUMBERS.items():
        number = found[name]
        if type(number) is not int or not 0 <= number <= most:
            raise UserError(
                f"The variable {PREFIX}{name} is {number!r}, not a whole number up to "
                f"{most}."
            )


def events_table() -> TableName:
    """Return the source table's name, as the variables have it."""
    variables = dbt_vars()
    return TableName(variables["events_schema"], variables["events_table"])


def is_on_spark() -> bool:
    """Tell whether dbt's target is Spark, by the variable that profiles.yml reads."""
    return os.environ.get("DBT_TARGET") == "spark"


def rollup_schema() -> str:
    """Return the schema of the rollup tables, as profiles.yml reads it."""
    return os.environ.get("FAST_DAU_SCHEMA", "analytics")
