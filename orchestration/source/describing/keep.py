"""Keeps what was understood of a table in the settings of the user's dbt project."""

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from orchestration.core.errors import UserError
from orchestration.core.files import write_whole
from orchestration.core.plain_yaml import read_yaml
from orchestration.core.settings import (
    DBT_PROJECT_DIR,
    PREFIX,
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
    project at work is fast-dau's own, or has no `vars:` at the top level.
    """
    folder = project_dir()
    path = folder / "dbt_project.yml"
    if folder == DBT_PROJECT_DIR:
        raise UserError(
            "These settings want a folder of their own, which no upgrade changes: make "
            "one with `fast-dau init --project FOLDER`, then run this there."
        )
    write_whole(path, _with(path.read_text("utf-8"), variables))
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
    found = re.search(r"(?m)^vars:[^\n]*\n", kept)
    if not found or kept[found.start() : found.end()].strip() != "vars:":
        raise UserError(
            "dbt_project.yml has no line `vars:` with variables below it: write "
            f"these there, each two blanks in: {'; '.join(lines(variables))}."
        )
    added = "".join(f"  {line}\n" for line in lines(variables))
    return kept[: found.end()] + added + kept[found.end() :]


def _yaml(value: object) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")
