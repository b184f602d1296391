"""Runs dbt in process, and takes the time of a run on a parsed project, hooks included.

dbt's start-up and parsing are left out, for this project and for rivals alike: `wall`
has them.
"""

import json
import os
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

from dbt.artifacts.resources.types import NodeType
from dbt.artifacts.schemas.results import RunStatus
from dbt.artifacts.schemas.run import RunExecutionResult, RunResult
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from benchmarks.measures import Sample
from benchmarks.scratch import END, execute, value
from orchestration.core.connection import Connection
from orchestration.core.errors import Failure
from orchestration.core.settings import (
    DBT_PROJECT_DIR,
    ROOT,
    TableName,
    as_vars,
    events_table,
)

BOOKKEEPING = "refresh_days"  # its rows are the run's own plan, not its result

# The clock of every run that is timed: events come, and the day stays the same.
RUN_AT = f"{END} 23:00"


@dataclass(frozen=True)
class Rollup:
    """A dbt project, the events table that it reads, the schema that it writes."""

    schema: str
    events: TableName
    project: Path = DBT_PROJECT_DIR
    settings: tuple[tuple[str, str], ...] = ()

    def flags(self, **variables: Any) -> list[str]:
        """Return the flags of any dbt command on this rollup."""
        given = {
            "events_schema": self.events.schema,
            "events_table": self.events.name,
            **dict(self.settings),
            **variables,
        }
        is_ours = self.project == DBT_PROJECT_DIR
        return [
            f"--project-dir={self.project}",
            f"--profiles-dir={ROOT}",
            f"--vars={json.dumps(as_vars(given) if is_ours else given)}",
        ]


OURS = Rollup("analytics", events_table())

_QUIET = ["--log-level=none", "--log-level-file=none", "--no-write-json"]


def build(
    connection: Connection, rollup: Rollup, run_at: str = RUN_AT, **variables: Any
) -> Sample:
    """Run the models once, as of `run_at`. Raises Failure where dbt does not finish."""
    before = value(connection, "select pg_current_wal_insert_lsn()")
    worked = _server_seconds(connection)
    os.environ["FAST_DAU_SCHEMA"] = rollup.schema
    # A run changes the manifest that it is given.
    manifest: Manifest = _parsed(rollup).deepcopy()  # type: ignore[no-untyped-call]
    began = perf_counter()
    outcome = dbtRunner(manifest=manifest).invoke(
        ["run", *_QUIET, *rollup.flags(run_at=run_at, **variables)]
    )
    spent = perf_counter() - began
    if not outcome.success or not isinstance(outcome.result, RunExecutionResult):
        raise _reason(outcome)
    wal = value(connection, f"select pg_current_wal_insert_lsn() - '{before}'")
    worked = _server_seconds(connection) - worked
    sample = _sample(outcome.result, spent, int(wal))
    return replace(sample, server_seconds=worked)


def build_anew(
    connection: Connection, rollup: Rollup, run_at: str = RUN_AT, **variables: Any
) -> Sample:
    """Run the models once, where there is no table of theirs yet."""
    execute(connection, f"drop schema if exists {rollup.schema} cascade")
    return build(connection, rollup, run_at, **variables)


def _server_seconds(connection: Connection) -> float:
    """Return for how long sessions that have ended were at work in this database."""
    query = "select active_time / 1000 from pg_stat_database where datname = %s"
    with connection.cursor() as cursor:
        cursor.execute(query, (connection.info.dbname,))
        return float(cursor.fetchall()[0][0])


@cache
def _parsed(rollup: Rollup) -> Manifest:
    os.environ["FAST_DAU_SCHEMA"] = rollup.schema
    outcome = dbtRunner().invoke(["parse", *_QUIET, *rollup.flags()])
    if not isinstance(outcome.result, Manifest):
        raise _reason(outcome)
    return outcome.result


def _reason(outcome: dbtRunnerResult) -> BaseException:
    """Return what dbt failed of: in one sentence, but for the end of the program."""
    failed = outcome.exception
    if failed and not isinstance(failed, Exception):
        return failed
    messages = [str(failed)] if failed else []
    if isinstance(outcome.result, RunExecutionResult):
        messages += [
            str(result.message)
            for result in outcome.result.results
            if result.status == RunStatus.Error
        ]
    return Failure(f"dbt did not finish: {' '.join(' '.join(messages).split())}")


def _sample(result: RunExecutionResult, seconds: float, wal_bytes: int) -> Sample:
    models = [r for r in result.results if r.node.resource_type == NodeType.Model]
    rows = sum(_rows(model) for model in models if model.node.name != BOOKKEEPING)
    by_model = {m.node.name: Sample(m.execution_time, _rows(m)) for m in models}
    return Sample(seconds, rows, wal_bytes, models=by_model)


def _rows(model: RunResult) -> int:
    return int(model.adapter_response["rows_affected"])
