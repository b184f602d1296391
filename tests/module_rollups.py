"""A rollup that the tests of a module share, in a database of its own."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from orchestration.core.connection import Connection, connect
from tests.events_tables import init
from tests.oracle import Definitions
from tests.rollup import Rollup


@contextmanager
def module_rollup(
    cluster: dict[str, str], administration: Connection, name: str
) -> Iterator[Rollup]:
    """Yield a rollup with product tables, not yet built, on an empty events table."""
    with administration.cursor() as cursor, pytest.MonkeyPatch.context() as patch:
        cursor.execute(f"create database {name}")
        variables = {**cluster, "PGDATABASE": name}
        for variable, text in variables.items():
            patch.setenv(variable, text)
        with closing(connect(variables)) as opened:
            opened.autocommit = True
            init(opened)
            yield Rollup(opened, Definitions(), has_product=True)
        cursor.execute(f"drop database {name} with (force)")
