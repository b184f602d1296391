"""First build and hourly run on Spark and on Postgres, side by side.

Makes its own database, cluster and files, and removes them at the end. Two workers on
one machine with the server that they are compared with: this shows what work is done,
and that it is in proportion to the days rebuilt, not what a cluster is worth.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.bench import Bench
from benchmarks.builds import OURS, RUN_AT, build
from benchmarks.scratch import DAYS, END, fill, rows, scratch_database, value
from benchmarks.spark.event_log import Work, logged_to, work_by_model
from orchestration.core.connection import Connection, connect
from orchestration.core.dbt import DBT_PROGRAM
from orchestration.core.errors import Failure
from orchestration.core.settings import events_table
from orchestration.core.statements import failures
from orchestration.source.export.export import export_events
from orchestration.source.export.utc_days import Span
from orchestration.spark import cluster as clusters
from orchestration.spark.cluster import Cluster
from orchestration.spark.events_table import make_events_table
from orchestration.spark.home import spark_home

_MEBIBYTE = 2**20
_EVENT_LOG = "event-log"
_TABLES = ("daily_active_users", "daily_retention", "rolling_active_users")


@dataclass
class Runs:
    """What was measured: seconds by step and engine, and Spark's work by run."""

    seconds: dict[tuple[str, str], float] = field(default_factory=dict)
    work: dict[str, dict[str, Work]] = field(default_factory=dict)


def main(
    memory: Annotated[str, typer.Option(help="Of each of the two workers.")] = "3g",
    days: Annotated[int, typer.Option(min=10, help="Days of the events.")] = DAYS,
) -> None:
    """Compare the engines at the size in EVENTS (default 10,000,000)."""
    events = int(os.environ.get("EVENTS", "10000000"))
    with (
        failures("The benchmark"),
        scratch_database() as connection,
        tempfile.TemporaryDirectory(prefix="fast-dau-spark-") as name,
        _cluster(Path(name), memory) as cluster,
    ):
        fill(connection, events, days=days)
        bench = Bench(connection, events, 1, frozenset())
        bench.hold_back(hours=2)
        runs = _measure(bench, cluster, Path(name))
        user_days = value(
            connection, "select count(*) from analytics.user_day_activity"
        )
    _show(
        runs,
        f"{events:,} events over {days} days, {int(user_days):,} user-days, seconds",
    )


@contextmanager
def _cluster(folder: Path, memory: str) -> Iterator[Cluster]:
    home = spark_home(folder / "spark")
    log = folder / _EVENT_LOG
    log.mkdir()
    with home.held():
        try:
            yield clusters.start(home, 2, memory, logged_to(log))
        finally:
            clusters.stop(home)


def _measure(bench: Bench, cluster: Cluster, folder: Path) -> Runs:
    runs = Runs()
    for step, since in (("first build", None), ("hourly run", timedelta(days=1))):
        if since is not None:
            bench.next_hour(events_table())
        runs.seconds[step, "Postgres"] = build(bench.connection, OURS).seconds
        runs.seconds[step, "export"] = _export(cluster, folder / "events", since)
        run_id, runs.seconds[step, "Spark"] = _dbt(cluster)
        runs.work[step] = work_by_model(next((folder / _EVENT_LOG).iterdir()))[run_id]
        for engine in ("Postgres", "export", "Spark"):
            bench.report(f"{step}, {engine}", runs.seconds[step, engine])
        _require_same(bench.connection, cluster)
    return runs


def _export(cluster: Cluster, files: Path, since: timedelta | None) -> float:
    began = perf_counter()
    source = connect(os.environ)
    try:
        span = Span(END - since if since else None, None)
        export_events(source, events_table(), files, span, lambda *_: None)
    finally:
        source.close()
    make_events_table(cluster, files)
    return perf_counter() - began


def _dbt(cluster: Cluster) -> tuple[str, float]:
    """Run the models on Spark; return the run's id, and seconds from first to last."""
    with tempfile.TemporaryDirectory() as target:
        done = subprocess.run(
            [DBT_PROGRAM, "run", *OURS.flags(run_at=RUN_AT), "--target-path", target],
            env={**os.environ, **cluster.variables},
            check=False,
        )
        if done.returncode != 0:
            raise Failure("dbt did not succeed on Spark: see what it printed above.")
        results = json.loads((Path(target) / "run_results.json").read_text())
    return results["metadata"]["invocation_id"], results["elapsed_time"]


def _require_same(connection: Connection, cluster: Cluster) -> None:
    """Raise Failure where the engines disagree."""
    for table in _TABLES:
        query = f"select sum(dau), count(*) from analytics.{table}"
        if rows(connection, query) != cluster.query(query):
            raise Failure(f"Spark and Postgres disagree on {table}.")


def _show(runs: Runs, title: str) -> None:
    console = Console()
    seconds = Table("step", title=title, box=None)
    for head in ("Postgres", "Spark", "×", "export to Spark's files"):
        seconds.add_column(head, justify="right")
    for step in runs.work:
        ours, spark = runs.seconds[step, "Postgres"], runs.seconds[step, "Spark"]
        export = runs.seconds[step, "export"]
        cells = (f"{ours:.1f}", f"{spark:.1f}", f"{spark / ours:.1f}", f"{export:.1f}")
        seconds.add_row(step, *cells)
    console.print(seconds)
    for step, work in runs.work.items():
        console.print(_work_table(step, work))


def _work_table(step: str, work: dict[str, Work]) -> Table:
    table = Table("model", title=f"Spark's work in the {step}", box=None)
    heads = (
        "days read",
        "files read, MiB",
        "shuffled, MiB",
        "written, MiB",
        "tasks, s",
    )
    for head in heads:
        table.add_column(head, justify="right")
    ranked = sorted(work.items(), key=lambda item: -item[1].task_seconds)
    for name, done in [*ranked, ("all of them", _total(work))]:
        table.add_row(
            name,
            f"{done.days_read:,}",
            *(
                f"{each / _MEBIBYTE:,.1f}"
                for each in (done.read_bytes, done.shuffled_bytes, done.written_bytes)
            ),
            f"{done.task_seconds:,.1f}",
        )
    return table


def _total(work: dict[str, Work]) -> Work:
    total = Work()
    for done in work.values():
        total.days_read += done.days_read
        total.read_bytes += done.read_bytes
        total.shuffled_bytes += done.shuffled_bytes
        total.written_bytes += done.written_bytes
        total.task_seconds += done.task_seconds
    return total


if __name__ == "__main__":
    typer.run(main)
