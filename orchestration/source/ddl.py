"""Runs DDL on a table that is in use, or prints it: one list of steps does both."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from psycopg2 import errors, sql

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure
from orchestration.core.settings import TableName
from orchestration.core.statements import failures

MAX_NAME_BYTES = 63

# A statement that waits for a lock makes every later writer wait behind it, so it
# waits this long at most, and is tried again after a pause.
LOCK_TIMEOUT_MS = 2000
LOCK_ATTEMPTS = 15
LOCK_PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class Step:
    """One statement, and what it does in words; `concurrent`: blocks no writer."""

    statement: str
    remark: str
    concurrent: bool = False


# What goes on around a step that blocks no writer, and so may take hours.
Watching = Callable[[Step], AbstractContextManager[object]]


def joined_name(base: str, suffix: str) -> str:
    """Return `base` + `suffix`, with `base` cut so that Postgres cuts nothing."""
    room = MAX_NAME_BYTES - len(suffix.encode())
    return base.encode()[:room].decode(errors="ignore") + suffix


def quoted(connection: Connection, table: TableName) -> str:
    """Return the table's name as it stands in a statement."""
    return sql.Identifier(table.schema, table.name).as_string(connection)


def script(steps: Sequence[Step]) -> str:
    """Return the steps as SQL that psql runs, each under its remark."""
    return "\n".join(
        # A table's name may hold a line break, which would end the comment.
        f"-- {' '.join(step.remark.split())}\n{step.statement};"
        for step in steps
    )


def run(
    connection: Connection,
    what: TableName | str,
    steps: Sequence[Step],
    report: Callable[[str], None],
    watching: Watching = nullcontext,
) -> None:
    """Run the steps one by one, each announced to `report`; needs autocommit.

    What was done before a Failure stays: the next run takes it up from there.
    """
    with connection.cursor() as cursor, failures(f"Preparing {what}"):
        # A role's own limit would cut a long build and leave an invalid index.
        cursor.execute("set statement_timeout = 0")
        try:
            for step in steps:
                report(step.remark)
                _execute(connection, step, watching)
        finally:
            if not connection.closed:
                cursor.execute("reset statement_timeout; reset lock_timeout")


@contextmanager
def alone(connection: Connection, table: TableName) -> Iterator[None]:
    """Keep a second `fast-dau init` out; it must not wait, or it would block ours."""
    key = (f"fast-dau init {table}",)
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", key)
        if cursor.fetchone() != (True,):
            raise Failure(f"Another `fast-dau init` is at work on {table}: try later.")
        try:
            yield
        finally:
            if not connection.closed:
                cursor.execute(
                    "select pg_advisory_unlock(hashtextextended(%s, 0))", key
                )


def _execute(connection: Connection, step: Step, watching: Watching) -> None:
    with connection.cursor() as cursor:
        if step.concurrent:
            cursor.execute("set lock_timeout = 0")
            with watching(step):
                cursor.execute(step.statement)
            return
        cursor.execute("set lock_timeout = %s", (LOCK_TIMEOUT_MS,))
        for attempt in range(LOCK_ATTEMPTS):
            try:
                cursor.execute(step.statement)
            # A writer may wait for the first table that is locked, and have the second.
            except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
                if attempt == LOCK_ATTEMPTS - 1:
                    raise Failure(
                        "Other transactions keep the table locked: run `fast-dau init` "
                        "again later, it goes on from where it stopped."
                    ) from error
                time.sleep(LOCK_PAUSE_SECONDS)
            else:
                return
