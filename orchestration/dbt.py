"""Runs dbt on this project, in a process of its own, on the database in use."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import Failure, UserError
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
    return subprocess.run(
        [_DBT, *arguments], env=_environment(variables), check=False
    ).returncode


def compiled_model(model: str, vars_text: str, variables: Mapping[str, str]) -> str:
    """Return the SQL that a run with these `--vars` would send for a model now.

    Nothing is run, hooks neither. Raises UserError, in the project's own words, where
    that run would be refused, and Failure where dbt cannot say.
    """
    given_vars(vars_text)
    flags = ["--quiet", "--no-use-colors", "--no-write-json", "--log-level-file=none"]
    wanted = ["--select", model, "--output", "json", "--vars", vars_text]
    done = subprocess.run(
        [_DBT, *flags, "compile", *wanted],
        env=_environment(variables),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        compiled: str = json.loads(done.stdout)["compiled"]
        return compiled
    output = " ".join((done.stdout + done.stderr).split())
    if refused := re.search(r"fast-dau: (.*?)\.? Nothing ran\.", output):
        raise UserError(f"A run would be refused: {refused[1]}.")
    raise Failure(f"dbt could not compile {model}: {output}")


def given_vars(text: str) -> dict[str, Any]:
    """Return the variables in the text of `--vars`; UserError where it has none."""
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
    return given


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    return {
        "DBT_PROJECT_DIR": str(DBT_PROJECT_DIR),
        "DBT_PROFILES_DIR": str(ROOT),
        **child_environment(variables),
    }


def _check_vars(arguments: Sequence[str]) -> None:
    for place, argument in enumerate(arguments):
        name, equals, text = argument.partition("=")
        if name == "--vars":
            given_vars(text if equals else "".join(arguments[place + 1 : place + 2]))
