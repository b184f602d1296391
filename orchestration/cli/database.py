"""`fast-dau db`: the embedded server, for people and for other programs."""

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from psycopg2.extras import RealDictCursor

from orchestration.cli.options import TableOrJson
from orchestration.core.connection import (
    child_environment,
    connect,
    libpq_variables,
    names_a_server,
)
from orchestration.core.errors import Failure, UserError
from orchestration.core.home import Home, default_home, server_account
from orchestration.core.signals import interrupts_left_to_child
from orchestration.embedded.binaries import program
from orchestration.embedded.database import database
from orchestration.embedded.server import keep_running, running, stop

app = typer.Typer(
    help="The embedded Postgres server, used wherever PGHOST is not set.",
    no_args_is_help=True,
)

_STATE = """
select
    current_setting('server_version') as version,
    current_database() as database,
    current_user as "user",
    pg_database_size(current_database()) as size_bytes,
    numbackends - 1 as connections
from pg_stat_database
where datname = current_database()
"""


@app.command("start")
def start_command() -> None:
    """Start the server, where it is not up, and leave it running until `stop`."""
    _refuse_foreign_server("started")
    variables = keep_running(default_home())
    print(
        f"The server runs at {_address(variables)}, database "
        f"{variables['PGDATABASE']}, until `fast-dau db stop`.\n"
        f"Its data is in {_home().data}.\n"
        'To use it in this shell: eval "$(fast-dau db env)"'
    )


@app.command("stop")
def stop_command() -> None:
    """Stop the server, or leave that to the last process that still uses it."""
    _refuse_foreign_server("stopped")
    was_running = running(default_home()) is not None
    if not stop(default_home()):
        print("Other processes still use the server: it stops with the last of them.")
    elif was_running:
        print("The server has stopped.")
    else:
        print("The server was not running.")


@app.command()
def status(
    form: TableOrJson = "table",
) -> None:
    """Say whether the server is up, where, and what it holds; exit with 1 if not."""
    state = _state()
    if form == "json":
        print(json.dumps(state))
    else:
        for name, text in _table(state).items():
            print(f"{name:11}  {text}")
    if not state["running"]:
        raise typer.Exit(1)


@app.command()
def env() -> None:
    """Print export lines for dbt, psql and BI tools: eval "$(fast-dau db env)"."""
    variables = _server_in_use()
    if variables is None:
        raise Failure(
            "The embedded server is not running: start it with `fast-dau db start`."
        )
    for name in sorted(variables):
        print(f"export {name}={shlex.quote(variables[name])}")


@app.command(
    context_settings={
        # All of them are psql's own, `-h` and `--help` too.
        "help_option_names": [],
        "ignore_unknown_options": True,
        "allow_interspersed_args": False,
    },
    add_help_option=False,
)
def psql(
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="[ARGS]...", help="psql's own.")
    ] = None,
) -> None:
    """Run psql on the database, with its own arguments and exit code."""
    # psql cancels a query with Ctrl-C, and goes on.
    with database() as variables, interrupts_left_to_child():
        ended = subprocess.run(
            [program("psql"), *(arguments or [])],
            env=child_environment(variables),
            check=False,
        )
    raise typer.Exit(
        ended.returncode if ended.returncode >= 0 else 128 - ended.returncode
    )


def _server_in_use() -> dict[str, str] | None:
    if names_a_server(os.environ):
        return libpq_variables(os.environ)
    return running(default_home())


def _is_embedded() -> bool:
    """Tell whether the commands mean the embedded server.

    They do too where PGHOST and PGPORT are those that `env` printed.
    """
    if not names_a_server(os.environ):
        return True
    own = running(default_home())
    return own is not None and all(
        os.environ.get(name) == own[name] for name in ("PGHOST", "PGPORT")
    )


def _refuse_foreign_server(done: str) -> None:
    if not _is_embedded():
        raise UserError(
            f"PGHOST is set, so the server at {_address(os.environ)} is used and "
            f"nothing embedded is {done}: unset PGHOST for the embedded server."
        )


def _address(variables: Mapping[str, str]) -> str:
    return f"{variables['PGHOST']}:{variables.get('PGPORT') or 5432}"


def _home() -> Home:
    return Home(default_home(), server_account())


def _state() -> dict[str, Any]:
    """Return what `status` prints: sizes in bytes, connections without its own."""
    is_embedded = _is_embedded()
    variables = _server_in_use()
    state: dict[str, Any] = {"running": variables is not None, "embedded": is_embedded}
    if is_embedded:
        home = _home()
        state |= {"kept_running": home.keep.exists(), "data": str(home.data)}
    if variables is None:
        return state
    connection = connect(variables)
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(_STATE)
        state |= dict(*cursor.fetchall())
    state |= {"host": connection.info.host, "port": connection.info.port}
    connection.close()
    return state


def _table(state: Mapping[str, Any]) -> dict[str, str]:
    rows = {"server": "not running"}
    if state["running"]:
        size = f"{state['size_bytes'] / 2**20:.1f} MiB"
        rows = {
            "server": f"Postgres {state['version']} at {state['host']}:{state['port']}",
            "database": f"{state['database']}, {size}",
            "user": state["user"],
            "connections": str(state["connections"]),
        }
    if state["running"] and state["embedded"]:
        kept = state["kept_running"]
        rows["stops"] = "with `fast-dau db stop`" if kept else "with its last user"
    if state["embedded"]:
        rows["data"] = state["data"]
    return rows
