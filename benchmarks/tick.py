"""From the launch of an hourly run to its end, under `fast-dau ui`: where time goes.

On the database in use, such as the demo's; a schedule's tick launches just so.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from shutil import copy
from statistics import median
from time import sleep
from typing import Annotated

import typer
from dagster import DagsterInstance, DagsterRunStatus, EventLogEntry
from dagster_graphql import DagsterGraphQLClient
from rich.console import Console
from rich.table import Table

from orchestration.core.errors import Failure
from orchestration.pipeline import instance

_PROGRAM = Path(sys.executable).parent / "fast-dau"
_SETTINGS = Path(instance.__file__).with_name("dagster.yaml")
# What happens next, and how the event log says that it is over.
STAGES: Mapping[str, str] = {
    "the run is noted, and queued": "PIPELINE_ENQUEUED",
    "it waits for the daemon, which looks every second": "PIPELINE_STARTING",
    "its worker is started": "Started process for run",
    "the worker imports Dagster and the definitions": "PIPELINE_START",
    "checks before dbt": "STEP_START rollup",
    "dagster-dbt makes an adapter of dbt, to read columns by": "Running dbt command",
    "dbt starts: imports, project, turn": "ASSET_MATERIALIZATION rollup",
    "dbt builds and tests, and the run reports": "Finished dbt command",
    "checks after dbt, and the end": "PIPELINE_SUCCESS",
}


def main(
    repeat: Annotated[int, typer.Option(min=1, help="Runs to take medians of.")] = 5,
    port: Annotated[int, typer.Option(help="A free port for the UI.")] = 3999,
) -> None:
    """Print the stages of an hourly run, with the medians of their seconds."""
    with tempfile.TemporaryDirectory(prefix="fast-dau-") as name:
        copy(_SETTINGS, name)
        with _ui(port, name), DagsterInstance.from_config(name) as instance:
            client = DagsterGraphQLClient("127.0.0.1", port_number=port)
            runs = [_run(client, instance) for _ in range(repeat)]
    _show(runs)


@contextmanager
def _ui(port: int, home: str) -> Iterator[None]:
    ui = subprocess.Popen(
        [_PROGRAM, "ui", "--port", str(port)],
        env={**os.environ, "DAGSTER_HOME": home},
        stdout=subprocess.PIPE,
        text=True,
    )
    with ui:
        try:
            if not any("Ctrl-C" in line for line in ui.stdout or ()):
                raise Failure("The UI did not start: see what it printed above.")
            yield
        finally:
            ui.terminate()


def _run(client: DagsterGraphQLClient, instance: DagsterInstance) -> list[float]:
    """Return the seconds of each stage of one run."""
    run_id = client.submit_job_execution("hourly_incremental")
    while (status := client.get_run_status(run_id)) is not DagsterRunStatus.SUCCESS:
        if status in {DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED}:
            raise Failure(f"The run {run_id} did not succeed: see its log in the UI.")
        sleep(0.1)
    return _stages(instance.all_logs(run_id))


def _stages(log: Sequence[EventLogEntry]) -> list[float]:
    # One after the other: an earlier event may look like the end of a later stage.
    rest = iter(log)
    moments = [log[0].timestamp, *(_moment(rest, end) for end in STAGES.values())]
    return [after - before for before, after in pairwise(moments)]


def _moment(rest: Iterator[EventLogEntry], end: str) -> float:
    for entry in rest:
        kind = entry.dagster_event_type
        name = f"{kind.value} {entry.step_key or ''}".strip() if kind else ""
        if name == end or entry.message.startswith(end):
            return entry.timestamp
    raise Failure(f"The event log does not say {end!r}.")


def _show(runs: Sequence[Sequence[float]]) -> None:
    table = Table(title=f"An hourly run, medians of {len(runs)}", box=None)
    table.add_column("stage")
    table.add_column("seconds", justify="right")
    for stage, seconds in zip(STAGES, zip(*runs, strict=True), strict=True):
        table.add_row(stage, f"{median(seconds):.2f}")
    table.add_row("all of it", f"{median(map(sum, runs)):.2f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
