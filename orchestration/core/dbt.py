"""Runs dbt on the project at work, in a process of its own, on the database in use."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

from orchestration.core import plain_yaml
from orchestration.core.connection import child_environment
from orchestration.core.errors import Failure, Interrupted, UserError
from orchestration.core.settings import dbt_vars, profiles_dir, project_dir
from orchestration.core.signals import interrupts_left_to_child

# Beside the interpreter, so that it works without an activated environment.
DBT_PROGRAM = Path(sys.executable).parent / "dbt"


def run_dbt(arguments: Sequence[str], variables: Mapping[str, str]) -> int:
    """Run dbt with these arguments on the database of these libpq variables.

    Its output is the caller's own. Returns its exit code: 0 all is well, 1 something
    failed, 2 it could not start; or 130 where Ctrl-C ended it. Raises UserError for
    `--vars` that are not YAML, and folders that cannot be written, which dbt would
    answer with a traceback.
    """
    _check_vars(arguments)
    if any(not argument.startswith("-") for argument in arguments):
        target_folder()
        _folder_of_dbt("DBT_LOG_PATH", "logs")
    with interrupts_left_to_child() as came:
        code = finished(arguments, variables).returncode
    return Interrupted.exit_code if came.is_set() else code


def compiled_models(
    models: Sequence[str], vars_text: str, variables: Mapping[str, str]
) -> dict[str, str]:
    """Return the SQL that a run with these `--vars` would send for each model now.

    Nothing is run, hooks neither. Raises UserError, in the project's own words, where
    that run would be refused, and Failure where dbt cannot say.
    """
    given_vars(vars_text)
    flags = ["--quiet", "--no-use-colors", "--log-level-file=none"]
    wanted = ["--select", *models, "--vars", vars_text]
    with own_target() as target:
        parsed = target.parent / "partial_parse.msgpack"
        if parsed.exists():
            shutil.copy(parsed, target)
        done = finished(
            [*flags, "compile", *wanted, "--target-path", str(target)],
            variables,
            capture_output=True,
        )
        if done.returncode == 0:
            if (target / parsed.name).exists():
                (target / parsed.name).replace(parsed)
            results = json.loads((target / "run_results.json").read_text())
            return {
                result["unique_id"].split(".")[-1]: result["compiled_code"]
                for result in results["results"]
            }
    output = " ".join((done.stdout + done.stderr).split())
    if refused := re.search(r"fast-dau: (.*?)\.? Nothing ran\.", output):
        raise UserError(f"A run would be refused: {refused[1]}.")
    raise Failure(f"dbt could not compile {', '.join(models)}: {output}")


@contextmanager
def own_target() -> Iterator[Path]:
    """Yield a target folder of the caller's own, within dbt's, removed afterwards.

    A run of the same moment writes files of the same names.
    """
    with tempfile.TemporaryDirectory(dir=target_folder()) as name:
        yield Path(name)


def target_folder() -> Path:
    """Return the folder in which dbt keeps what it has parsed, made if need be.

    Raises UserError where this user cannot write to it.
    """
    return _folder_of_dbt("DBT_TARGET_PATH", "target")


def _folder_of_dbt(variable: str, name: str) -> Path:
    folder = project_dir() / os.environ.get(variable, name)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UserError(
            f"dbt's folder {folder} cannot be written by this user: set "
            "DBT_TARGET_PATH and DBT_LOG_PATH to folders of your own, or make a dbt "
            "project of your own with `fast-dau init --project`."
        )
    return folder


def given_vars(text: str) -> dict[str, Any]:
    """Return the variables in the text of `--vars`; UserError where it has none."""
    try:
        given = plain_yaml.load(text)
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"--vars {text!r} is not YAML: {reason}.") from None
    if not isinstance(given, dict):
        raise UserError(
            f"--vars {text!r} is not a mapping such as 'fast_dau_refresh: full' or "
            "'{fast_dau_start_date: 2024-01-01, fast_dau_end_date: 2024-01-31}'."
        )
    return given


def finished(
    arguments: Sequence[str],
    variables: Mapping[str, str],
    *,
    capture_output: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run dbt to its end, as `subprocess.run` does."""
    return subprocess.run(
        [DBT_PROGRAM, *arguments],
        env=dbt_environment(variables),
        capture_output=capture_output,
        text=True,
        check=False,
    )


def dbt_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment in which dbt finds the project and the database.

    It writes in colours to a terminal that has any, as our own commands do, unless
    DBT_USE_COLORS says otherwise.
    """
    has_colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return {
        "DBT_USE_COLORS": str(has_colours).lower(),
        # Of a database in SQL_ASCII, Python would take nothing but ASCII.
        "PGCLIENTENCODING": "UTF8",
        "DBT_PROJECT_DIR": str(project_dir()),
        "DBT_PROFILES_DIR": str(profiles_dir()),
        **child_environment(variables),
    }


def _check_vars(arguments: Sequence[str]) -> None:
    if "deps" not in arguments:  # which installs the package that they are for
        dbt_vars()
    for place, argument in enumerate(arguments):
        name, equals, text = argument.partition("=")
        if name == "--vars":
            given_vars(text if equals else "".join(arguments[place + 1 : place + 2]))
