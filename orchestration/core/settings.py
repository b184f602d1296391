"""Which dbt project is at work, what its variables say, and where its tables go."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from orchestration.core.errors import UserError
from orchestration.core.event_variables import check_event_variables
from orchestration.core.plain_yaml import read_yaml

ROOT = Path(__file__).resolve().parents[2]
# The checkout's own, which is the package of all others.
DBT_PROJECT_DIR = ROOT / "dbt_project"
PACKAGE = "fast_dau"

PREFIX = "fast_dau_"
# Of the variables, those that are read here too, without the prefix; all defaults are
# in macros/vars/settings.sql. dbt refuses all that make no sense.
DEFAULTS = {
    "events_schema": "public",
    "events_table": "events",
    "events_columns": {},
    "user_id_type": "integer",
    "course_id_type": "integer",
    "performed_at_type": "timestamp",
    "performed_at_unit": "seconds",
    "performed_at_zone": "UTC",
    "reader_role": "fast_dau_reader",
    "time_zone": "UTC",
    "events_start_date": "2000-01-01",
    "lookback_days": 3,
    "max_clock_skew_minutes": 5,
    "refresh": "incremental",
    "start_date": None,
}
_WHOLE_NUMBERS = {"lookback_days": 36_500, "max_clock_skew_minutes": 525_600}
# As dbt reads a profile.
_JINJA = jinja2.Environment(undefined=jinja2.StrictUndefined)  # noqa: S701  # no page


@dataclass(frozen=True)
class TableName:
    """A table's schema and name, as they stand in the catalog (unquoted)."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


def project_dir() -> Path:
    """Return the folder of the dbt project at work: the user's own, or the checkout's.

    The one that FAST_DAU_PROJECT_DIR names; else, as dbt has it, the nearest one at or
    above the working folder; within the checkout, or where there is none, its own.
    """
    if named := os.environ.get("FAST_DAU_PROJECT_DIR"):
        return Path(named).resolve()
    here = Path.cwd()
    if not here.is_relative_to(ROOT):
        for folder in (here, *here.parents):
            # Path.exists would fail where a folder above is closed to this user.
            if os.path.exists(folder / "dbt_project.yml"):  # noqa: PTH110
                return folder
    return DBT_PROJECT_DIR


def profiles_dir() -> Path:
    """Return the folder of profiles.yml: in one's own project, where dbt finds it."""
    folder = project_dir()
    if folder == DBT_PROJECT_DIR:
        return ROOT
    if named := os.environ.get("DBT_PROFILES_DIR"):
        return Path(named)
    return folder if (folder / "profiles.yml").exists() else Path.home() / ".dbt"


def packages_dir() -> Path:
    """Return the folder into which `dbt deps` puts the project's packages."""
    folder = project_dir()
    project = read_yaml(folder / "dbt_project.yml")
    return folder / str(project.get("packages-install-path", "dbt_packages"))


@cache
def dbt_vars() -> dict[str, Any]:
    """Return what dbt_project.yml says of those in DEFAULTS, by the same names.

    Raises UserError where that project has no package of ours.
    """
    return vars_of_run({})


def vars_of_run(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same for a run that is given these variables by `--vars`."""
    folder = project_dir()
    project = read_yaml(folder / "dbt_project.yml")
    if folder != DBT_PROJECT_DIR and not (packages_dir() / PACKAGE).exists():
        raise UserError(
            f"The dbt project {folder} has no package {PACKAGE}: run `dbt deps` there, "
            "or name another project with FAST_DAU_PROJECT_DIR."
        )
    variables = {**(project.get("vars") or {}), **given}
    found = {}
    # Old names had no prefix; in somebody else's project they are not ours.
    old = variables if project.get("name") == PACKAGE else {}
    for name, default in DEFAULTS.items():
        found[name] = variables.get(PREFIX + name, old.get(name, default))
    _check_vars(found)
    return found


def as_vars(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return these as dbt is given them, by names with the prefix."""
    return {PREFIX + name: value for name, value in settings.items()}


def _check_vars(found: Mapping[str, Any]) -> None:
    """Raise UserError where a variable that this package reads makes no sense."""
    check_event_variables(found, PREFIX)
    for name in (
        *("events_schema", "events_table", "performed_at_zone"),
        *("reader_role", "time_zone"),
    ):
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


def is_on_spark(target: str | None = None) -> bool:
    """Tell whether a target of dbt's is Spark; without its name, that of DBT_TARGET."""
    return _of_target("type", target) == "spark"


def rollup_schema(target: str | None = None) -> str:
    """Return the schema of the rollup tables of a target, else of DBT_TARGET."""
    return _of_target("schema", target)


def _of_target(key: str, target: str | None) -> str:
    """Return what profiles.yml says of a target, else of DBT_TARGET, or its default."""
    profiles = profiles_dir() / "profiles.yml"
    try:
        project = read_yaml(project_dir() / "dbt_project.yml")
        profile = read_yaml(profiles)[project["profile"]]
        default = profile.get("target", "default")
        name = target or os.environ.get("DBT_TARGET") or _rendered(default)
        return _rendered(profile["outputs"][name][key])
    except (KeyError, TypeError) as error:
        raise UserError(
            f"{profiles} has no {error}, which {project_dir()} asks for: add it, or "
            "correct `--target` or DBT_TARGET, or `profile` in dbt_project.yml."
        ) from None
    except jinja2.TemplateError as error:
        raise UserError(f"{profiles}: {error}.") from None


def _rendered(text: str) -> str:
    return _JINJA.from_string(text).render(env_var=_env_var)


def _env_var(name: str, default: str | None = None) -> str:
    text = os.environ.get(name, default)
    if text is None:
        raise jinja2.TemplateError(f"the variable {name} is not set")
    return text
