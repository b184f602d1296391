"""Times the first build and the later runs, against one count of all events.

Makes its own database, `fast_dau_bench`, on the server in use, and drops it at the
end. Seconds are those of the database: dbt's own start-up is left out.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Annotated

import typer
from dbt.artifacts.resources.types import NodeType
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class
from rich.console import Console
from rich.table import Table

from orchestration.answers.formats import Format
from orchestration.cli.generate import reported
from orchestration.errors import Failure
from orchestration.events.copying import vacuum_copied
from orchestration.events.table import init_events_table
from orchestration.postgres.connection import connect, database
from orchestration.settings import DBT_PROJECT_DIR, ROOT, events_table
from orchestration.synthetic.inserting import insert_synthetic_events
from orchestration.synthetic.options import StreamOptions

DATABASE = "fast_dau_bench"
DAYS = 100
END = date(2024, 6, 30)
BOOKKEEPING = "refresh_days"  # its rows are the run's own plan, not its result


@dataclass(frozen=True)
class Measure:
    """One line of the table: median seconds, rows of the rollup tables, WAL bytes."""

    key: str
    what: str
    seconds: float
    rows: int = 0
    wal_bytes: int = 0


def main(
    form: Annotated[Format, typer.Option("--format")] = Format.TABLE,
    repeat: Annotated[int, typer.Option(help="Repetitions of the quick ones.")] = 3,
) -> None:
    """Run the benchmark at the size in EVENTS (default 10,000,000)."""
    events = int(os.environ.get("EVENTS", "10000000"))
    with scratch_database() as connection:
        fill(connection, events)
        measures = list(measure(connection, repeat))
    if form is Format.JSON:
        json.dump({m.key: asdict(m) for m in measures}, sys.stdout, indent=2)
        print()
    else:
        show(measures, events)


@contextmanager
def scratch_database() -> Iterator[Connection]:
    """Yield a connection to a database of the benchmark's own, dropped afterwards."""
    with database() as variables, closing(connect(variables)) as administration:
        administration.autocommit = True
        with administration.cursor() as cursor:
            cursor.execute(f"drop database if exists {DATABASE} with (force)")
            cursor.execute(f"create database {DATABASE}")
        os.environ.update(variables, PGDATABASE=DATABASE)
        try:
            with closing(connect(os.environ)) as connection:
                connection.autocommit = True
                yield connection
        finally:
            with administration.cursor() as cursor:
                cursor.execute(f"drop database {DATABASE} with (force)")


def fill(connection: Connection, events: int) -> None:
    """Make the events: a user for every 250 of them, over 100 days."""
    options = StreamOptions(
        events=events, users=max(events // 250, 100), days=DAYS, end_date=END
    )
    init_events_table(connection, events_table(), lambda _: None)
    with reported(options) as progress, connection:
        insert_synthetic_events(connection, options, progress)
    vacuum_copied(connection, events_table())


def measure(connection: Connection, repeat: int) -> Iterator[Measure]:
    """Yield each measure, in an order in which each finds what it needs."""
    count = "select count(*) from events"
    floor = [seconds(connection, count) for _ in range(repeat)]
    yield Measure("floor", "one parallel count(*) of the events", median(floor))
    naive = (Path(__file__).parent / "naive.sql").read_text()
    yield Measure(
        "naive", "both questions by SQL on events", seconds(connection, naive)
    )
    evening = f"{END} 22:00"
    yield build(connection, "full_first", "first build", evening)
    yield build(connection, "full_again", "full, nothing new", evening, refresh="full")
    build(connection, "", "", evening)
    yield build(connection, "hourly_noop", "ordinary run, nothing new", evening)
    yield build(connection, "hourly", "ordinary run, one new hour", f"{END} 23:00")


def build(
    connection: Connection, key: str, what: str, run_at: str, **variables: str
) -> Measure:
    """Run the models once, as of `run_at`."""
    before = value(connection, "select pg_current_wal_insert_lsn()")
    outcome = dbtRunner().invoke(
        [
            "run",
            f"--project-dir={DBT_PROJECT_DIR}",
            f"--profiles-dir={ROOT}",
            "--log-level=error",
            "--vars",
            json.dumps({"run_at": run_at, **variables}),
        ]
    )
    if not outcome.success or not isinstance(outcome.result, RunExecutionResult):
        raise Failure("dbt did not finish: see what it printed above.")
    wal = value(connection, f"select pg_current_wal_insert_lsn() - '{before}'")
    models = [
        r for r in outcome.result.results if r.node.resource_type == NodeType.Model
    ]
    rows = sum(
        int(model.adapter_response["rows_affected"])
        for model in models
        if model.node.name != BOOKKEEPING
    )
    times = [
        time
        for m in models
        for t in m.timing
        for time in (t.started_at, t.completed_at)
    ]
    spent = max(filter(None, times)) - min(filter(None, times))
    return Measure(key, what, spent.total_seconds(), rows, int(wal))


def seconds(connection: Connection, query: str) -> float:
    """Return how long a query takes, its rows left on the server."""
    began = perf_counter()
    execute(connection, f"explain (analyze, timing off) {query}")
    return perf_counter() - began


def execute(connection: Connection, statement: str) -> None:
    """Run a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def value(connection: Connection, query: str) -> str:
    """Return the one value that a query gives."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return str(cursor.fetchall()[0][0])


def show(measures: list[Measure], events: int) -> None:
    """Print the measures for people."""
    floor = measures[0].seconds
    table = Table(title=f"{events:,} events over {DAYS} days", box=None)
    for heading in ("", "seconds", "x floor", "rows", "WAL MB"):
        table.add_column(heading, justify="right" if heading else "left")
    for m in measures:
        table.add_row(
            m.what,
            f"{m.seconds:.2f}",
            f"{m.seconds / floor:.1f}",
            f"{m.rows:,}",
            f"{m.wal_bytes / 1e6:.2f}",
        )
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
