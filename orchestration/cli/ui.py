"""`fast-dau ui`: Dagster's UI on the same database, until Ctrl-C."""

import signal
import sys
from typing import Annotated

import typer

from orchestration.core.address import Address
from orchestration.core.connection import child_environment
from orchestration.core.signals import orderly_exit
from orchestration.embedded.database import database
from orchestration.pipeline.ui.dagster_home import dagster_home
from orchestration.pipeline.ui.services import dagster_services

_EXPOSED = """\
Warning: Dagster has no log-in. Whoever reaches {host}:{port} can start and stop runs,
and read their logs: let only those reach it who may."""

_UP = """
The UI is at {url}
  Lineage     which table is made of which, and how fresh each one is
  Jobs        start a run by hand: hourly_incremental, Materialize all
  Automation  the schedules; those that rebuild tables wait until you turn them on

Its settings and its record of runs are in {folder}.
Stop it, and a run in progress, with Ctrl-C."""


def ui(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port to listen on.")
    ] = 3000,
    host: Annotated[
        str,
        typer.Option(help="Address to listen on; 0.0.0.0 is all of this machine's."),
    ] = "127.0.0.1",
) -> None:
    """Start Dagster's UI: lineage, runs, checks and schedules, on the same database."""
    # Also where a script's shell has started this in the background, deaf to it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    address = Address(host, port)
    address.require_free()
    if not address.is_private:
        print(_EXPOSED.format(host=host, port=port), file=sys.stderr)
    try:
        with orderly_exit():
            _serve(address)
    except KeyboardInterrupt:
        print("\nThe UI has stopped, and all that it had started.")


def _serve(address: Address) -> None:
    with dagster_home() as home, database() as variables:
        print(f"Starting Dagster, whose messages go to {home.log} …", flush=True)
        environment = child_environment(variables)
        with dagster_services(home, address, environment) as services:
            services.wait_until_up(lambda: address.answers("server_info"))
            print(_UP.format(url=address.url, folder=home.folder), flush=True)
            services.wait_until_ended()
