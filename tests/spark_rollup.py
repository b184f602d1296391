"""Runs dbt's target `spark` on the exported events of a rollup on Postgres."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

from benchmarks.spark.event_log import work_by_model
from orchestration.core.settings import DBT_PROJECT_DIR, ROOT
from orchestration.spark.cluster import Cluster
from orchestration.spark.events_table import make_events_table
from orchestration.spark.home import SparkHome
from orchestration.spark.named_server import ask_server
from tests.exports import export
from tests.product_oracle import Rows
from tests.rollup import Rollup, parsed_for, run_dbt

# What Spark's calendar has in place of Postgres's infinite times.
_INFINITE = {"0001-01-01 00:00:00": "-infinity", "9999-12-31 23:59:59": "infinity"}
_DATE = 1082


def event_log(home: SparkHome) -> Path:
    """Return the folder of the event log of the tests' cluster."""
    return home.folder.with_name("spark-event-log")


class SparkRollup:
    """The same rollup on Spark: of the same events, by the same definitions."""

    def __init__(
        self, postgres: Rollup, variables: dict[str, str], cluster: Cluster, home: Path
    ) -> None:
        self.postgres = postgres
        self.variables = variables
        self.cluster = cluster
        self.files = home / "events"
        self.target = home / "target"
        cluster.query("drop database if exists analytics cascade")

    def export(self) -> None:
        """Export the events as they are now, and show them to Spark."""
        export(self.variables, self.files)
        make_events_table(self.cluster, self.files)

    def arguments(self, now: datetime, *args: str, **variables: Any) -> list[str]:
        """Return the arguments of a dbt command that works as of `now`."""
        given = self.postgres.variables(run_at=now, **variables)
        return [
            *args,
            "--target=spark",
            f"--project-dir={DBT_PROJECT_DIR}",
            f"--profiles-dir={ROOT}",
            f"--target-path={self.target}",
            "--log-level=error",
            "--log-level-file=none",
            f"--vars={json.dumps(given)}",
        ]

    def dbt(self, now: datetime, *args: str, **variables: Any) -> None:
        """Run dbt; RunError, with its messages, where anything fails."""
        manifest = parsed_for("spark").deepcopy()  # type: ignore[no-untyped-call]
        run_dbt(manifest, self.arguments(now, *args, **variables))

    def tables(self, more: Sequence[str] = ()) -> dict[str, Rows]:
        """Return the rows of every table, sorted, as Postgres has them."""
        names = [*self.postgres.table_names, *more]
        with ThreadPoolExecutor() as pool:
            return dict(zip(names, pool.map(self.rows, names), strict=True))

    def rows(self, table: str) -> Rows:
        """Return the rows of one table, sorted."""
        with self.postgres.connection.cursor() as cursor:
            cursor.execute(f"select * from analytics.{table} limit 0")
            assert cursor.description
            columns = [(each.name, each.type_code) for each in cursor.description]
        names = ", ".join(
            f"{name}::string"
            if table == "rejected_events" and name.endswith("_at")
            else name
            for name, _ in columns
        )
        query = f"select {names} from analytics.{table}"
        found = ask_server(self.cluster.server, query).rows
        return sorted(
            tuple(
                _as_postgres(cell, type_code)
                for cell, (_, type_code) in zip(row, columns, strict=True)
            )
            for row in found
        )

    def days_opened(self) -> dict[str, int]:
        """Return of how many days each model of the latest run has opened the folder.

        A day counts for each scan of it.
        """
        (log,) = event_log(self.cluster.home).iterdir()
        [*_, latest] = work_by_model(log).values()
        return {model: work.days_read for model, work in latest.items()}

    def days(self, table: str) -> Sequence[date]:
        """Return the days of which a table has a folder, in order."""
        found = self.cluster.query(f"show partitions analytics.{table}")
        return sorted(date.fromisoformat(str(row[0]).split("=")[1]) for row in found)


def _as_postgres(cell: object, type_code: int) -> object:
    if isinstance(cell, str):
        if type_code == _DATE:
            return date.fromisoformat(cell)
        return _INFINITE.get(cell, cell)
    return cell
