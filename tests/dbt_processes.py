"""dbt as processes of its own, which can be stopped at a table, read and killed.

Real ones, each with a session in the database and an end of its own, but forked from
one that has parsed the project: their start, most of it imports and parsing, would take
several times as long as their work.
"""

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from multiprocessing import get_context
from multiprocessing.reduction import DupFd
from typing import Any

from orchestration.core.connection import Connection, connect
from orchestration.core.settings import as_vars
from tests.events_tables import execute, fetch
from tests.rollup import PROJECT_FLAGS, exit_code_of_dbt

TURN_LOCK = "hashtextextended('fast-dau rollup analytics', 0)"
# Advisory locks of one 64-bit key have its halves in two columns.
TURN_LOCK_IS_AWAITED = f"""exists (select from pg_locks
where not granted and locktype = 'advisory'
and (classid::bigint << 32) | objid::bigint = {TURN_LOCK}
and database = (select oid from pg_database where datname = current_database()))"""
WAITING = "fast-dau: waiting for the run that began"

_PATIENCE_SECONDS = 300
_CONTEXT = get_context("forkserver")


class DbtProcess:
    """A dbt process in this one's environment; its output so far is `output`."""

    def __init__(self, *args: str, **variables: Any) -> None:
        # Unless it is told otherwise, nothing is purged.
        given = as_vars({"events_kept_from": "2000-01-01"} | variables)
        variables_flag = f"--vars={json.dumps(given, default=str)}"
        arguments = [*args, *PROJECT_FLAGS, "--no-use-colors", variables_flag]
        _CONTEXT.set_forkserver_preload(["tests.parsed_project", __name__])
        reading, writing = os.pipe()
        self.process = _CONTEXT.Process(
            target=_run, args=(arguments, dict(os.environ), DupFd(writing))
        )
        self.process.start()
        os.close(writing)
        self.output = ""
        self._printed = os.fdopen(reading, encoding="utf-8")

    def read_until(self, text: str) -> str:
        """Wait for a line of output with this text, and return it."""
        for line in self._printed:
            self.output += line
            if text in line:
                return line
        raise AssertionError(f"dbt did not print {text!r}:\n{self.output}")

    def finish(self) -> int | None:
        """Wait until the process has ended, and return its exit code."""
        if not self._printed.closed:
            self.output += self._printed.read()
            self._printed.close()
        self.process.join()
        return self.process.exitcode

    def kill(self) -> None:
        """End the process by SIGKILL."""
        self.process.kill()
        self.finish()

    def succeed(self) -> None:
        """Wait until the process has ended well."""
        assert self.finish() == 0, self.output


@contextmanager
def dbt_process(*args: str, **variables: Any) -> Iterator[DbtProcess]:
    """Yield a dbt process on the test's database; it is killed where it did not end."""
    started = DbtProcess(*args, **variables)
    try:
        yield started
    finally:
        started.kill()


@contextmanager
def held(table: str) -> Iterator[None]:
    """Let everybody read a table of the rollup, and nobody write it.

    No run leaves the table alone then, as it does where nothing changed.
    """
    with closing(connect(os.environ)) as other:
        execute(
            other,
            f"update analytics.rollup_state set built_with = built_with - '{table}'",
        )
        other.commit()
        execute(other, f"lock table analytics.{table} in share mode")
        yield


def wait_while_running(
    process: DbtProcess, connection: Connection, condition: str
) -> None:
    """Ask the database again until the condition is true."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while fetch(connection, f"select {condition} from pg_sleep(0.02)") != [(True,)]:
        if not process.process.is_alive() or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(process.output)


def wait_for_write(process: DbtProcess, connection: Connection, table: str) -> None:
    """Wait until the run is in the transaction of a model, about to write its table."""
    wait_while_running(
        process,
        connection,
        f"""exists (select from pg_locks where not granted
        and relation = 'analytics.{table}'::regclass)""",
    )


def run_id(connection: Connection) -> str | None:
    """Return the id of the run that holds the run lock."""
    [(holder,)] = fetch(connection, "select run_id from analytics.rollup_state")
    return None if holder is None else str(holder)


def _run(arguments: list[str], environment: Mapping[str, str], output: Any) -> None:
    descriptor = output.detach()
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)
    sys.stdout = os.fdopen(1, "w", buffering=1, encoding="utf-8", closefd=False)
    os.environ.clear()
    os.environ.update(environment)
    sys.exit(exit_code_of_dbt(arguments))
