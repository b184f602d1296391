"""Runs dbt on this project, in a process of its own, on the database in use."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from orchestration.errors import UserError
from orchestration.postgres.connection import child_environment
from orchestration.settings import DBT_PROJECT_DIR, ROOT

# Beside the interpreter, so that it works without an activated environment.
_DBT = Path(sys.executable).parent / "dbt"


def run_dbt(arguments: Sequence[str], variables: Mapping[str, str]) -> int:
    """Run dbt with these arguments on the database of these libpq variables.

    Its output is the caller's own. Returns its exit code: 0 all is well, 1 something
    failed, 2 it could not start. Raises UserError for `--vars` that are not YAML,
    which dbt would answer with a traceback.
    """
    _check_vars(arguments)
    environment = {
        "DBT_PROJECT_DIR": str(DBT_PROJECT_DIR),
        "DBT_PROFILES_DIR": str(ROOT),
        **child_environment(variables),
    }
    return subprocess.run([_DBT, *arguments], env=environment, check=False).returncode


def _check_vars(arguments: Sequence[str]) -> None:
    for place, argument in enumerate(arguments):
        name, equals, text = argument.partition("=")
        if name != "--vars":
            continue
        text = text if equals else "".join(arguments[place + 1 : place + 2])
        try:
            given = yaml.safe_load(text)
        except (yaml.YAMLError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise UserError(f"--vars {text!r} is not YAML: {reason}.") from None
        if not isinstance(given, dict):
            raise UserError(
                f"--vars {text!r} is not a mapping such as 'refresh: full' or "
                "'{start_date: 2024-01-01, end_date: 2024-01-31}'."
            )
