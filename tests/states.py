"""States of a rollup that tests start from, each built once and then copied."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from orchestration.core.connection import Connection, connect
from tests.events_tables import execute, init
from tests.oracle import Definitions
from tests.rollup import Rollup

# Every test's database has this name: dbt parses the project anew for each other one.
DATABASE = "test"


def _nothing(_: Rollup) -> None:
    """Leave the events table empty."""


@dataclass(frozen=True)
class State:
    """What `make` does with a rollup over a new, empty events table.

    `arguments` are handed to it after the rollup. Equal states are built once.
    """

    make: Callable[..., None] = _nothing
    definitions: Definitions = field(default_factory=Definitions)
    has_product: bool = False
    arguments: tuple[object, ...] = ()


class States:
    """The states built so far, each a database that nobody is connected to."""

    def __init__(self, cluster: Mapping[str, str], administration: Connection) -> None:
        self._cluster = cluster
        self._administration = administration
        self._databases: dict[State, str] = {}

    def template(self, state: State) -> str:
        """Return the name of the state's database, built where it is not there yet."""
        if state not in self._databases:
            name = f"state_{len(self._databases)}"
            # Built under the name of its copies, which dbt writes into its SQL.
            execute(self._administration, f"create database {DATABASE}")
            self._build(state, {**self._cluster, "PGDATABASE": DATABASE})
            execute(self._administration, f"alter database {DATABASE} rename to {name}")
            self._databases[state] = name
        return self._databases[state]

    def _build(self, state: State, variables: Mapping[str, str]) -> None:
        with (
            pytest.MonkeyPatch.context() as patch,
            closing(connect(variables)) as connection,
        ):
            for name, text in variables.items():
                patch.setenv(name, text)
            connection.autocommit = True
            init(connection)
            rollup = Rollup(
                connection, state.definitions, has_product=state.has_product
            )
            state.make(rollup, *state.arguments)
