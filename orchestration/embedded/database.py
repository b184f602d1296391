"""The database in use: that of the environment, or the embedded one."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

from orchestration.core.connection import (
    Connection,
    connect,
    libpq_variables,
    names_a_server,
)
from orchestration.core.home import default_home
from orchestration.embedded.server import server


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """Yield the libpq variables of the database to use, while it may be used.

    Where PGHOST is set they are the environment's own, and nothing is started;
    otherwise the embedded server runs for as long. Raises Failure where it cannot.
    """
    if names_a_server(os.environ):
        yield libpq_variables(os.environ)
    else:
        with server(default_home()) as variables:
            yield variables


@contextmanager
def connected() -> Iterator[Connection]:
    """Yield a connection to that database, closed afterwards."""
    with database() as variables, closing(connect(variables)) as connection:
        yield connection
