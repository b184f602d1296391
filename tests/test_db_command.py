"""`fast-dau db`, run as a user would run it."""

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from orchestration.core.connection import libpq_variables
from orchestration.embedded.server import keep_running, running, server
from tests.clusters import other_user, query
from tests.commands import FAST_DAU, run_cli


@pytest.fixture(autouse=True)
def own_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set FAST_DAU_HOME to a folder that does not exist, and name no server."""
    for name in libpq_variables(os.environ):
        monkeypatch.delenv(name)
    absent = folder / "absent"
    monkeypatch.setenv("FAST_DAU_HOME", str(absent))
    return absent


@pytest.fixture
def used_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set FAST_DAU_HOME to the home of a stopped cluster."""
    monkeypatch.setenv("FAST_DAU_HOME", str(home))
    return home


def test_start_leaves_a_server_running_and_a_second_start_finds_it(
    used_home: Path,
) -> None:
    first = run_cli("db", "start")
    variables = running(used_home)
    second = run_cli("db", "start")

    assert variables is not None
    assert (first.returncode, first.stderr) == (0, "")
    assert f"127.0.0.1:{variables['PGPORT']}, database fast_dau" in first.stdout
    assert str(used_home / "cluster" / "data") in first.stdout
    assert 'eval "$(fast-dau db env)"' in first.stdout
    assert (second.returncode, second.stdout) == (0, first.stdout)
    assert running(used_home) == variables


def test_stop_stops_it_and_a_second_stop_is_no_error(used_home: Path) -> None:
    keep_running(used_home)

    first = run_cli("db", "stop")
    second = run_cli("db", "stop")

    assert (first.returncode, first.stdout) == (0, "The server has stopped.\n")
    assert (second.returncode, second.stdout) == (0, "The server was not running.\n")
    assert running(used_home) is None


def test_stop_leaves_a_server_in_use_to_its_last_user(used_home: Path) -> None:
    keep_running(used_home)
    with other_user(used_home) as user:
        user.variables()
        stopped = run_cli("db", "stop")
        still = running(used_home)
        user.leave()

    assert stopped.returncode == 0
    assert stopped.stdout == (
        "Other processes still use the server: it stops with the last of them.\n"
    )
    assert still is not None
    assert running(used_home) is None


def test_status_of_a_running_server_says_where_it_is_and_what_it_holds(
    used_home: Path,
) -> None:
    with server(used_home) as variables:
        [(size,)] = query(variables, "select pg_database_size('fast_dau')")
        as_json = run_cli("db", "status", "--format", "json")
        as_table = run_cli("db", "status")

    assert (as_json.returncode, as_table.returncode) == (0, 0)
    state = json.loads(as_json.stdout)
    assert state.pop("version").startswith("18.")
    assert state == {
        "running": True,
        "embedded": True,
        "kept_running": False,
        "data": str(used_home / "cluster" / "data"),
        "host": "127.0.0.1",
        "port": int(variables["PGPORT"]),
        "user": "fast_dau",
        "database": "fast_dau",
        "size_bytes": size,
        "connections": 0,
    }
    assert f" at 127.0.0.1:{variables['PGPORT']}\n" in as_table.stdout
    assert f"fast_dau, {size / 2**20:.1f} MiB\n" in as_table.stdout
    assert "with its last user" in as_table.stdout


def test_status_and_env_without_a_server_exit_with_1_and_make_nothing(
    own_home: Path,
) -> None:
    status = run_cli("db", "status", "--format", "json")
    env = run_cli("db", "env")
    stopped = run_cli("db", "stop")

    assert (status.returncode, env.returncode, env.stdout) == (1, 1, "")
    assert json.loads(status.stdout)["running"] is False
    assert env.stderr == (
        "fast-dau: The embedded server is not running: start it with "
        "`fast-dau db start`.\n"
    )
    assert stopped.returncode == 0
    assert not own_home.exists()


def test_a_shell_that_evaluates_env_reaches_the_server_and_can_stop_it(
    used_home: Path,
) -> None:
    keep_running(used_home)
    fast_dau = shlex.quote(str(FAST_DAU))
    script = f"""
        eval "$({fast_dau} db env)"
        echo "$PGHOST $PGUSER $PGDATABASE"
        {fast_dau} db psql --no-align --tuples-only --command 'select 40 + 2'
        {fast_dau} db stop
    """

    shell = subprocess.run(
        ["sh", "-eu", "-c", script], capture_output=True, text=True, check=False
    )

    assert (shell.returncode, shell.stderr) == (0, "")
    assert shell.stdout.splitlines() == [
        "127.0.0.1 fast_dau fast_dau",
        "42",
        "The server has stopped.",
    ]
    assert running(used_home) is None


def test_psql_gets_all_arguments_and_input_and_its_exit_code_comes_back(
    used_home: Path,
) -> None:
    with server(used_home):
        answered = run_cli(
            "db", "psql", "-AtF", "-", "-h", "localhost", "-c", "values (1, 2)"
        )
        failed = run_cli("db", "psql", "-v", "ON_ERROR_STOP=1", input="select 1 / 0;")
        helped = run_cli("db", "psql", "--help")

    assert (answered.returncode, answered.stdout) == (0, "1-2\n")
    assert failed.returncode == 3
    assert "division by zero" in failed.stderr
    assert "psql [OPTION]... [DBNAME [USERNAME]]" in helped.stdout


def test_psql_runs_the_embedded_server_for_as_long_as_it_needs(
    used_home: Path,
) -> None:
    answered = run_cli("db", "psql", "-At", input="select current_database();")

    assert (answered.returncode, answered.stdout) == (0, "fast_dau\n")
    assert running(used_home) is None


def test_where_a_server_is_named_it_is_used_and_nothing_embedded_starts(
    database_env: dict[str, str], own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = database_env["PGDATABASE"]
    monkeypatch.setenv("PGAPPNAME", "it's $HOME")

    started, stopped = run_cli("db", "start"), run_cli("db", "stop")
    status = run_cli("db", "status", "--format", "json")
    env = run_cli("db", "env")
    psql = run_cli("db", "psql", "-Atc", "select current_database()")
    shell = subprocess.run(
        ["sh", "-c", f'{env.stdout}\necho "$PGDATABASE $PGAPPNAME"'],
        env={},
        capture_output=True,
        text=True,
        check=True,
    )

    assert (started.returncode, stopped.returncode) == (2, 2)
    assert started.stderr.startswith(
        f"fast-dau: PGHOST is set, so the server at 127.0.0.1:{database_env['PGPORT']} "
        "is used and nothing embedded is started: unset PGHOST"
    )
    assert "nothing embedded is stopped" in stopped.stderr
    state = json.loads(status.stdout)
    assert (state["running"], state["embedded"]) == (True, False)
    assert state["database"] == name
    assert psql.stdout == f"{name}\n"
    assert shell.stdout == f"{name} it's $HOME\n"
    assert not own_home.exists()
