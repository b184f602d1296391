"""dbt as processes of its own, which can be stopped at a table, read and killed."""

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from orchestration.core.connection import Connection, connect
from orchestration.core.settings import as_vars
from tests.events_tables import execute, fetch
from tests.forked_dbt import forked_dbt

TURN_LOCK = "hashtextextended('fast-dau rollup analytics', 0)"
# Advisory locks of one 64-bit key have its halves in two columns.
TURN_LOCK_IS_AWAITED = f"""exists (select from pg_locks
where not granted and locktype = 'advisory'
and (classid::bigint << 32) | objid::bigint = {TURN_LOCK}
and database = (select oid from pg_database where datname = current_database()))"""
WAITING = "fast-dau: waiting for the run that began"

_PATIENCE_SECONDS = 300
_VARIABLES = {"events_kept_from": "2000-01-01"}  # nothing is purged
_RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class DbtProcess:
    """A dbt process; its output so far is `output`."""

    def __init__(
        self,
        *args: str,
        **variables: Any,
    ) -> None:
        given = _VARIABLES | {
            name: str(value) if isinstance(value, date | datetime) else value
            for name, value in variables.items()
        }
        arguments = [*args, "--no-use-colors", f"--vars={json.dumps(as_vars(given))}"]
        self.output = ""
        self._printed, self.process = forked_dbt(arguments)

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
    """Let everybody read a table of the rollup, and nobody write it."""
    other = connect(os.environ)
    execute(other, f"lock table analytics.{table} in share mode")
    try:
        yield
    finally:
        other.close()


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
    rows = fetch(connection, "select run_id from analytics.rollup_state")
    holder: str | None = rows[0][0]
    assert holder is None or _RUN_ID.fullmatch(holder)
    return holder
