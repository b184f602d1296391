"""Statements for a Thrift Server, over PyHive, which is installed with `[spark]`."""

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from orchestration.core.errors import Failure

_CONNECT_SECONDS = 10
_POLL_SECONDS = 0.05

# As in profiles.yml, so that a time means the same here as in the tables.
_SESSION = {
    "set:hiveconf:spark.sql.session.timeZone": "UTC",
    "set:hiveconf:spark.sql.timestampType": "TIMESTAMP_NTZ",
}


@dataclass(frozen=True)
class Server:
    """A Thrift Server, and how to log in there; the password is never shown."""

    host: str
    port: int
    user: str = "fast_dau"
    password: str | None = field(default=None, repr=False)
    auth: str = "NONE"


@dataclass(frozen=True)
class Result:
    """The columns' names, none where a statement has no result, and the rows."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class NoAnswerError(Failure):
    """The server does not answer, or lets nobody in: nothing is wrong with the SQL."""


def run(
    server: Server,
    statement: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    patience: float = 600,
) -> Result:
    """Run one statement; parameters are written as psycopg2 has them, `%(name)s`.

    Raises NoAnswerError where there is no connection, and Failure where the server
    refuses the statement, or takes longer than `patience` seconds.
    """
    # They are there only with the extra `spark`.
    from pyhive import exc, hive  # noqa: PLC0415
    from TCLIService.ttypes import TOperationState  # noqa: PLC0415
    from thrift.Thrift import TException  # noqa: PLC0415

    busy = {
        TOperationState.INITIALIZED_STATE,
        TOperationState.PENDING_STATE,
        TOperationState.RUNNING_STATE,
    }
    deadline = time.monotonic() + patience
    try:
        # PyHive would wait for minutes for a host that is not there.
        address = (server.host, server.port)
        socket.create_connection(address, timeout=_CONNECT_SECONDS).close()
        connection = hive.connect(
            *address,
            username=server.user,
            password=server.password,
            auth=server.auth,
            configuration=_SESSION,
        )
        with (
            closing(connection._transport),  # noqa: SLF001
            _ended(connection, TException),
            _ended(connection.cursor(), TException) as cursor,
        ):
            cursor.execute(statement, parameters, async_=True)
            while (status := cursor.poll()).operationState in busy:
                if time.monotonic() > deadline:
                    cursor.cancel()
                    raise Failure(f"Spark did not answer within {patience:,.0f} s.")
                time.sleep(_POLL_SECONDS)
            if status.operationState != TOperationState.FINISHED_STATE:
                reason = _line(status.errorMessage)
                raise Failure(f"Spark refused a statement: {reason}")
            return _result(cursor)
    except (exc.Error, TException, OSError) as error:
        raise NoAnswerError(
            f"Spark at {server.host}:{server.port} does not answer: {_line(error)}"
        ) from None


@contextmanager
def _ended(opened: Any, lost: type[Exception]) -> Iterator[Any]:
    """Close it in the end; what is known by then stays so where the server is gone."""
    try:
        yield opened
    finally:
        with suppress(lost, OSError):
            opened.close()


def _result(cursor: Any) -> Result:
    """Fetch it, with days as dates, which PyHive leaves as text."""
    if not cursor.description:
        return Result((), [])
    kinds = [column[1] for column in cursor.description]
    rows = [
        tuple(
            date.fromisoformat(cell) if kind == "DATE_TYPE" and cell else cell
            for cell, kind in zip(row, kinds, strict=True)
        )
        for row in cursor.fetchall()
    ]
    return Result(tuple(column[0] for column in cursor.description), rows)


def _line(error: object) -> str:
    """Return the first line of Spark's message, without Java's own words."""
    return (str(error).strip().splitlines() or ["no reason given"])[0][:500]
