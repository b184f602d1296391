"""Runs dbt on a database of events, in process, and reads what it made."""

import gc
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from typing import Any

import pytest
from dbt.adapters.base.impl import DEFAULT_BASE_BEHAVIOR_FLAGS
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.exceptions import DbtUsageException
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from psycopg2.extras import execute_values

from orchestration.core.connection import Connection
from orchestration.core.settings import DBT_PROJECT_DIR, ROOT, as_vars
from tests.events_tables import execute, fetch
from tests.oracle import Definitions, Event, tables
from tests.product_oracle import Rows
from tests.quick_dbt import quick_dbt

# The oracle says which there are.
TABLES = tuple(tables([], datetime(2024, 1, 1), Definitions()))
PRODUCT_TABLES = tuple(
    name for name in TABLES if (DBT_PROJECT_DIR / f"models/product/{name}.sql").exists()
)
ROLLUP_TABLES = tuple(name for name in TABLES if name not in PRODUCT_TABLES)
_PRODUCT_FOLDERS = ("product", "views")
_FLAGS = len(DEFAULT_BASE_BEHAVIOR_FLAGS)
PROJECT_FLAGS = [
    f"--project-dir={DBT_PROJECT_DIR}",
    f"--profiles-dir={ROOT}",
    "--log-level-file=none",
    "--no-write-json",
]
# What goes wrong is in the results.
GLOBAL_FLAGS = [*PROJECT_FLAGS, "--log-level=none"]


class RunError(AssertionError):
    """A dbt invocation failed; the message is dbt's own."""


@cache
def parsed_for(target: str) -> Manifest:
    """Return the project as parsed for a target, to be copied: a run changes it."""
    flags = [*GLOBAL_FLAGS, f"--target={target}"]
    result = dbtRunner().invoke(["parse", *flags]).result
    assert isinstance(result, Manifest)
    # dbt fails in copying them.
    result.disabled.clear()
    # Thousands of objects that live to the end: no garbage collection need visit them.
    gc.freeze()
    return result


def project_for(
    database: str, *, has_product: bool, schema: str = "analytics"
) -> Manifest:
    """Return the project as parsed, once for all tests, for one test's database."""
    manifest: Manifest = parsed_for("postgres").deepcopy()  # type: ignore[no-untyped-call]
    if not has_product:
        left_out = {n.unique_id for n in manifest.nodes.values() if _is_product(n)}
        for name, made in list(manifest.nodes.items()):
            if left_out.intersection([name, *made.depends_on_nodes]):
                del manifest.nodes[name]
        for name, unit_test in list(manifest.unit_tests.items()):
            if left_out.intersection(unit_test.depends_on.nodes):
                del manifest.unit_tests[name]
        for readers in (manifest.exposures, manifest.semantic_models, manifest.metrics):
            readers.clear()
    for node in [*manifest.nodes.values(), *manifest.sources.values()]:
        node.database = database
        if node.schema == "analytics":
            node.schema = schema
    if not has_product or schema != "analytics":
        # The `graph` that macros see.
        manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    return manifest


def run_dbt(manifest: Manifest, arguments: list[str]) -> list[Any]:
    """Run dbt on a parsed project; RunError, with its messages, where it fails."""
    # Each run in this process adds to the list, and looks at all that is in it.
    del DEFAULT_BASE_BEHAVIOR_FLAGS[_FLAGS:]
    with quick_dbt():
        outcome = dbtRunner(manifest=manifest).invoke(arguments)
    if not isinstance(outcome.result, RunExecutionResult):
        raise RunError(outcome.exception)
    if not outcome.success:
        raise RunError([result.message for result in outcome.result.results])
    return list(outcome.result.results)


def exit_code_of_dbt(arguments: list[str]) -> int:
    """Run dbt as its program does, on the environment's database."""
    project = project_for(os.environ["PGDATABASE"], has_product=True)
    outcome = dbtRunner(manifest=project).invoke(arguments)
    if isinstance(outcome.exception, DbtUsageException):
        print(outcome.exception, file=sys.stderr)
    return 0 if outcome.success else 1 if outcome.exception is None else 2


def expected_rows(
    events: Iterable[Event], now: datetime, definitions: Definitions
) -> dict[str, Rows]:
    """Return what the oracle says, with times of rejected events as text."""
    expected = tables(events, now, definitions)
    expected["rejected_events"] = [
        (reason, count, *(None if t is None else str(t) for t in times))
        for reason, count, *times in expected["rejected_events"]
    ]
    return expected


def _is_product(node: Any) -> bool:
    return node.resource_type == "model" and node.fqn[1] in _PRODUCT_FOLDERS


class Rollup:
    """The rollup of one test: its events, its definitions, and its dbt runs.

    Without the product tables, which are half of the project's models, runs take half
    the time; that is for tests of what these have no part in.
    """

    def __init__(
        self,
        connection: Connection,
        definitions: Definitions,
        *,
        has_product: bool = False,
        schema: str = "analytics",
    ) -> None:
        self.connection = connection
        self.schema = schema
        self.definitions = definitions
        self.has_product = has_product
        self.table_names = TABLES if has_product else ROLLUP_TABLES

    def insert(self, events: Iterable[Event]) -> None:
        """Insert events as they are, also invalid ones."""
        with self.connection.cursor() as cursor:
            execute_values(
                cursor,
                "insert into events (user_id, performed_at, kind, course_id) values %s",
                [(e.user_id, e.performed_at, e.kind, e.course_id) for e in events],
            )

    def execute(self, statement: str) -> None:
        """Run a statement on the events, such as a delete."""
        execute(self.connection, statement)

    def query(self, query: str) -> Rows:
        """Return the rows of a query."""
        return fetch(self.connection, query)

    def compiled(self, *models: str, **variables: Any) -> dict[str, str]:
        """Return models' SQL as it goes to the server."""
        results = self._invoke("compile", "--select", *models, **variables)
        return {result.node.name: result.node.compiled_code for result in results}

    def dbt(self, *args: str, **variables: Any) -> dict[str, int]:
        """Run dbt with these variables; return the rows that each model changed."""
        return {
            result.node.name: result.adapter_response["rows_affected"]
            for result in self._invoke(*args, **variables)
            if result.node.resource_type == "model"
        }

    def variables(self, **variables: Any) -> dict[str, Any]:
        """Return a run's variables, by whole names: the definitions, and these."""
        given = {
            "time_zone": self.definitions.time_zone,
            "active_kinds": list(self.definitions.active_kinds),
            "events_start_date": str(self.definitions.events_start_date),
            "max_clock_skew_minutes": self.definitions.max_clock_skew_minutes,
            "cohort_days": self.definitions.cohort_days,
            # Nothing is purged: the tables equal a recount of all that is left.
            "events_kept_from": str(self.definitions.events_start_date),
        } | {
            name: str(value) if isinstance(value, date | datetime) else value
            for name, value in variables.items()
        }
        return as_vars(given)

    def _invoke(self, *args: str, **variables: Any) -> list[Any]:
        given = self.variables(**variables)
        manifest = project_for(
            self.connection.info.dbname,
            has_product=self.has_product,
            schema=self.schema,
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FAST_DAU_SCHEMA", self.schema)
            return run_dbt(
                manifest, [*args, *GLOBAL_FLAGS, f"--vars={json.dumps(given)}"]
            )

    def build(self, now: datetime, *args: str, **variables: Any) -> dict[str, int]:
        """Run the models, without tests of data, as of `now`."""
        return self.dbt("run", *args, run_at=now, **variables)

    @contextmanager
    def stopped_at(self, table: str) -> Iterator[None]:
        """Let what writes this table fail meanwhile, and have it say `stopped`.

        No run leaves the table alone then, as it does where nothing changed.
        """
        self.execute(
            f"update {self.schema}.rollup_state set built_with = built_with - '{table}'"
        )
        self.execute(
            "create or replace function stop() returns trigger language plpgsql as"
            " $$ begin raise 'stopped'; end $$;"
            "create trigger stop before insert or update or delete"
            f" on {self.schema}.{table} for each statement execute function stop()"
        )
        yield
        self.execute("drop function stop cascade")

    def tables(self) -> dict[str, Rows]:
        """Return the rows of every table, sorted."""
        return {name: sorted(self.rows(name)) for name in self.table_names}

    def rows(self, table: str) -> Rows:
        """Return the rows of a table, those of rejected events with times as text."""
        columns = "*"
        if table == "rejected_events":
            columns = (
                "reason, events_count, earliest_performed_at::text,"
                " latest_performed_at::text"
            )
        return self.query(f"select {columns} from {self.schema}.{table}")

    def events(self) -> list[Event]:
        """Return every event, as the database has it now."""
        finite = "case when isfinite(performed_at) then performed_at end"
        rows = self.query(
            f"select user_id, {finite}, performed_at::text, kind, course_id from events"
        )
        return [
            Event(user_id, moment or text, kind, course_id)
            for user_id, moment, text, kind, course_id in rows
        ]

    def expected(self, now: datetime) -> dict[str, Rows]:
        """Return what the oracle says of the events that are there now."""
        expected = expected_rows(self.events(), now, self.definitions)
        return {name: expected[name] for name in self.table_names}
