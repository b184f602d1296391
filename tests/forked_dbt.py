"""dbt as a process that need not start: forked from one that has parsed the project.

A real process, with a session in the database and an end of its own, for tests that let
runs overlap or kill them. Its start, most of it imports and parsing, would take several
times as long as its work.
"""

import os
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from multiprocessing.reduction import DupFd
from typing import IO, Any

from dbt.cli.main import dbtRunner

from orchestration.core.settings import DBT_PROJECT_DIR, ROOT
from tests.rollup import project_for

_CONTEXT = get_context("forkserver")
_FLAGS = [
    f"--project-dir={DBT_PROJECT_DIR}",
    f"--profiles-dir={ROOT}",
    "--log-level-file=none",
    "--no-write-json",
]


def forked_dbt(arguments: list[str]) -> tuple[IO[str], ForkServerProcess]:
    """Start dbt in this process's environment; return what it prints, and the process.

    It ends with dbt's exit code.
    """
    _CONTEXT.set_forkserver_preload(["tests.parsed_project"])
    reading, writing = os.pipe()
    given = ([*arguments, *_FLAGS], dict(os.environ), DupFd(writing))
    process = _CONTEXT.Process(target=_run, args=given)
    process.start()
    os.close(writing)
    return os.fdopen(reading, encoding="utf-8"), process


def _run(arguments: list[str], environment: Mapping[str, str], output: Any) -> None:
    descriptor = output.detach()
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)
    sys.stdout = os.fdopen(1, "w", buffering=1, encoding="utf-8", closefd=False)
    os.environ.clear()
    os.environ.update(environment)
    project = project_for(environment["PGDATABASE"], has_product=True)
    outcome = dbtRunner(manifest=project).invoke(arguments)
    sys.exit(0 if outcome.success else 1 if outcome.exception is None else 2)
