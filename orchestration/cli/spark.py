"""`fast-dau spark`: a small Spark cluster on this machine, to try things."""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from orchestration.cli.options import TableOrJson
from orchestration.core.errors import Failure, UserError
from orchestration.core.signals import orderly_exit
from orchestration.spark import cluster as clusters
from orchestration.spark.cluster import Cluster
from orchestration.spark.events_table import TABLE, make_events_table
from orchestration.spark.home import SparkHome, spark_home
from orchestration.spark.java import require_java
from orchestration.spark.processes import Role
from orchestration.spark.programs import HOST, require_packages

app = typer.Typer(
    help="A small Apache Spark cluster on this machine, to try things and for tests.",
    no_args_is_help=True,
)

_WORKERS = 2
_MEMORY = "1g"

Dir = Annotated[
    Path | None,
    typer.Option(
        "--dir",
        metavar="DIR",
        help="Folder of its tables and logs.",
        show_default="`spark`, beside the embedded server's data",
    ),
]


@app.command("start")
def start_command(
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=64, help="Workers of one core each.", show_default=str(_WORKERS)
        ),
    ] = None,
    memory: Annotated[
        str | None,
        typer.Option(help="Memory of each worker.", show_default=_MEMORY),
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help=f"What `fast-dau export` wrote: make it the table {TABLE}.",
        ),
    ] = None,
    folder: Dir = None,
) -> None:
    """Start a master, workers and the Thrift Server, and leave them running.

    They listen on this machine only, and ask for no password: whoever has an account
    here can use them. Where they run already, workers that have ended are started
    again, and --events shows Spark the days that there are now.
    """
    if memory is not None and not re.fullmatch(r"[1-9]\d*[mMgG]", memory):
        raise UserError(f"--memory is {memory}: give it as 1g or 1500m.")
    require_packages()
    require_java(os.environ)
    home = spark_home(folder)
    with orderly_exit(), home.held():
        cluster = clusters.find(home)
        if cluster is not None and cluster.is_up:
            _refuse_other_settings(cluster, workers, memory)
            cluster.start_workers()
        else:
            with _waiting("Starting Spark, which takes a quarter of a minute …"):
                cluster = clusters.start(home, workers or _WORKERS, memory or _MEMORY)
        if events is not None:
            with _waiting(f"Looking for the days in {events} …"):
                make_events_table(cluster, events)
    print(
        f"Spark's Thrift Server runs at {HOST}:{cluster.port}, with "
        f"{_workers(cluster.settings.workers)} of {cluster.settings.memory}, until "
        f"`fast-dau spark stop`.\nIts tables and logs are in {home.folder}.\n"
        'To use it in this shell: eval "$(fast-dau spark env)"'
    )


@app.command("stop")
def stop_command(folder: Dir = None) -> None:
    """Stop the cluster, or what is left of it; its tables stay."""
    home = spark_home(folder)
    with home.held(), _waiting("Stopping Spark …"):
        was_running = clusters.stop(home)
    print("Spark has stopped." if was_running else "Spark was not running.")


@app.command()
def env(folder: Dir = None) -> None:
    """Print export lines for dbt and Dagster: eval "$(fast-dau spark env)"."""
    cluster = clusters.find(spark_home(folder))
    if cluster is None or not cluster.is_up:
        raise Failure("Spark is not running: start it with `fast-dau spark start`.")
    for name, text in cluster.variables.items():
        print(f"export {name}={text}")


@app.command()
def status(
    form: TableOrJson = "table",
    folder: Dir = None,
) -> None:
    """Say whether the cluster is up, where, and what lives; exit with 1 if not up."""
    home = spark_home(folder)
    state = _state(home)
    if form == "json":
        print(json.dumps(state))
    else:
        for name, text in _table(state).items():
            print(f"{name:13}  {text}")
    if not state["running"]:
        raise typer.Exit(1)


def _refuse_other_settings(
    cluster: Cluster, workers: int | None, memory: str | None
) -> None:
    has = cluster.settings
    if workers not in {None, has.workers} or memory not in {None, has.memory}:
        raise UserError(
            f"Spark runs already, with {_workers(has.workers)} of {has.memory}: for "
            "other ones stop it first, with `fast-dau spark stop`."
        )


@contextmanager
def _waiting(text: str) -> Iterator[None]:
    console = Console(stderr=True)
    if console.is_terminal:
        with console.status(text):
            yield
    else:
        print(text, file=sys.stderr, flush=True)
        yield


def _state(home: SparkHome) -> dict[str, Any]:
    """Return what `status` prints; counts and ids are of processes that are alive."""
    cluster = clusters.find(home)
    if cluster is None:
        return {"running": False, "dir": str(home.folder)}
    workers = cluster.pids(Role.WORKER)
    return {
        "running": cluster.is_up and bool(workers),
        "host": HOST,
        "port": cluster.port,
        "master": cluster.pids(Role.MASTER),
        "thrift_server": cluster.pids(Role.THRIFT_SERVER),
        "workers": workers,
        "workers_asked_for": cluster.settings.workers,
        "executors": cluster.pids(Role.EXECUTOR),
        "memory": cluster.settings.memory,
        "dir": str(home.folder),
    }


def _table(state: dict[str, Any]) -> dict[str, str]:
    if "port" not in state:
        return {"spark": "not running", "dir": state["dir"]}
    where = f"at {state['host']}:{state['port']}"
    return {
        "spark": f"up {where}" if state["running"] else f"not whole, {where}",
        "master": "up" if state["master"] else "has ended",
        "thrift server": "up" if state["thrift_server"] else "has ended",
        "workers": f"{len(state['workers'])} of {state['workers_asked_for']} up",
        "executors": f"{len(state['executors'])} up",
        "memory": f"{state['memory']} a worker",
        "dir": state["dir"],
    }


def _workers(count: int) -> str:
    return f"{count:,} worker{'' if count == 1 else 's'}"
