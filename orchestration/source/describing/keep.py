"""Keeps what was understood of a table in the settings of the user's dbt project."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from orchestration.core.errors import UserError
from orchestration.core.files import write_whole
from orchestration.core.plain_yaml import read_yaml
from orchestration.core.settings import (
    DBT_PROJECT_DIR,
    PREFIX,
    as_vars,
    dbt_vars,
    project_dir,
)

# All that a description can say: what it leaves out is as by default.
NAMES = (
    "events_schema",
    "events_table",
    "events_columns",
    "user_id_type",
    "course_id_type",
    "performed_at_type",
    "performed_at_unit",
    "performed_at_zone",
)


def keep(variables: Mapping[str, object]) -> Path:
    """Write the variables into dbt_project.yml, in place of those of before.

    All else in the file stays as it is, comments too. Raises UserError where the
    project at work is fast-dau's own, or its file is of a form that is not known here.
    """
    folder = project_dir()
    path = folder / "dbt_project.yml"
    if folder == DBT_PROJECT_DIR:
        raise UserError(
            "These settings want a folder of their own, which no upgrade changes: make "
            "one with `fast-dau init --project FOLDER`, then run this there."
        )
    text = path.read_text("utf-8")
    changed = _with(text, variables)
    if _read(changed) != _expected(_read(text), variables):
        raise UserError(
            "dbt_project.yml is not written as `fast-dau init --project` writes it, "
            "with two blanks before each of its `vars:`. Put these there, in place of "
            f"those of the same names: {'; '.join(lines(variables))}. It is as it was."
        )
    write_whole(path, changed)
    read_yaml.cache_clear()
    dbt_vars.cache_clear()
    return path


def lines(variables: Mapping[str, object]) -> list[str]:
    """Return the variables as lines of YAML."""
    return [
        f"{PREFIX}{name}: {_yaml(variables[name])}"
        for name in NAMES
        if name in variables
    ]


def _with(text: str, variables: Mapping[str, object]) -> str:
    named = "|".join(NAMES)
    # A value may go on in the lines below it, further to the right.
    kept = re.sub(rf"(?m)^  {PREFIX}({named}):.*\n(   +.*\n)*", "", text)
    added = "".join(f"  {line}\n" for line in lines(variables))
    return re.sub(r"(?m)^vars:.*\n", lambda found: found[0] + added, kept, count=1)


def _expected(project: Any, variables: Mapping[str, object]) -> Any:
    ours = {PREFIX + name for name in NAMES}
    others = {k: v for k, v in (project.get("vars") or {}).items() if k not in ours}
    return {**project, "vars": others | as_vars(variables)}


def _read(text: str) -> Any:
    """Return what dbt reads of it; None where it is no YAML."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _yaml(value: object) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")
