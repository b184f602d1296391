"""The database that a run uses, in the environment that dbt and libpq read."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

import dagster as dg

from orchestration.core.connection import Connection, connect
from orchestration.core.errors import UserError
from orchestration.core.settings import is_on_spark
from orchestration.embedded.database import database
from orchestration.pipeline.engine import PostgresReader, Reader, SparkReader
from orchestration.spark.named_server import server_of


@contextmanager
def database_environment() -> Iterator[dict[str, str]]:
    """Yield libpq's variables, set in os.environ for dbt, while the server may be used.

    The project's own errors within, such as that the server does not answer, become
    dagster.Failure with one sentence, and no traceback of ours: it names the variable
    to mend, never what is in it.
    """
    with reported_failures(), database() as variables:
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        try:
            yield variables
        finally:
            for name, text in before.items():
                if text is None:
                    del os.environ[name]
                else:
                    os.environ[name] = text


@contextmanager
def reported_failures() -> Iterator[None]:
    """Turn the project's own errors into Dagster's, which are not tried again."""
    try:
        yield
    except UserError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None


@contextmanager
def one_instant() -> Iterator[tuple[Connection, dict[str, str]]]:
    """Yield a connection to read one instant of the database, and its variables."""
    with database_environment() as variables, closing(connect(variables)) as connection:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        yield connection, variables


@contextmanager
def reader_of_run() -> Iterator[Reader]:
    """Yield what reads beside dbt, for which the environment is set meanwhile.

    Errors within are as in `database_environment`.
    """
    if is_on_spark():
        with reported_failures():
            yield SparkReader(server_of(os.environ))
    else:
        with (
            database_environment() as variables,
            closing(connect(variables)) as connection,
        ):
            # No transaction stays open while dbt works.
            connection.autocommit = True
            yield PostgresReader(connection)


@contextmanager
def reader_of_instant() -> Iterator[Reader]:
    """Yield what reads one instant of the database; Spark has none, and each its own.

    Errors within are as in `database_environment`.
    """
    if is_on_spark():
        with reader_of_run() as reader:
            yield reader
    else:
        with one_instant() as (connection, _):
            yield PostgresReader(connection)
