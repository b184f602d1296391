"""`make dashboards`: the dashboards in Apache Superset, until Ctrl-C."""

import signal
import sys
from typing import Annotated

import typer

from orchestration.core.address import Address
from orchestration.core.errors import UserError
from orchestration.core.signals import orderly_exit
from orchestration.dashboards.bundle import DASHBOARD, tables_read
from orchestration.dashboards.home import superset_home
from orchestration.dashboards.python_environment import superset_programs
from orchestration.dashboards.superset import USER, Superset
from orchestration.dashboards.superset_role import reader_address
from orchestration.embedded.database import database

_UP = """
The dashboard is at {url}/superset/dashboard/{dashboard}/
  User      {user}
  Password  in the file {password}

Superset's record and its messages are in {folder}.
Stop it with Ctrl-C."""


def dashboards(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port to listen on.")
    ] = 8088,
) -> None:
    """Set up Superset with the dashboards on the database in use, and serve it."""
    # Also where a script's shell has started this in the background, deaf to it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    address = Address("127.0.0.1", port)
    address.require_free()
    try:
        with orderly_exit():
            _serve(address)
    except KeyboardInterrupt:
        print("\nSuperset has stopped.")


def _serve(address: Address) -> None:
    with superset_home() as home, database() as variables:
        password = home.reader_password.read_text()
        # First what takes a moment to fail, and then what takes minutes.
        reader = reader_address(variables, password, tables_read())
        superset = Superset(superset_programs(), home)
        superset.set_up()
        superset.import_dashboards(reader)
        print("Starting Superset …", flush=True)
        with superset.served(address) as server:
            server.wait_until_up(lambda: address.answers("health"))
            print(
                _UP.format(
                    url=address.url,
                    dashboard=DASHBOARD,
                    user=USER,
                    password=home.admin_password,
                    folder=home.folder,
                ),
                flush=True,
            )
            server.wait_until_ended()


if __name__ == "__main__":
    try:
        typer.run(dashboards)
    except UserError as error:
        print(f"dashboards: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
