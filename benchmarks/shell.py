"""dbt from the shell, on our rollup: a process of its own, as cron starts it."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.builds import OURS
from benchmarks.children import Child, run_child

PARSE = ("parse",)
BUILD = ("build", "--exclude-resource-type", "unit_test")
_DBT = str(Path(sys.executable).parent / "dbt")


def run_dbt(arguments: Sequence[str], folder: Path, **variables: Any) -> Child:
    """Run dbt, its artifacts in the folder. Raises Failure where it fails.

    After `parse` with the same variables, `build` need not parse: as in production,
    where runs differ in nothing that dbt parses by.
    """
    flags = [*OURS.flags(**variables), f"--target-path={folder}"]
    environment = {**os.environ, "FAST_DAU_SCHEMA": OURS.schema}
    return run_child([_DBT, *arguments, *flags, "--log-level-file=none"], environment)
