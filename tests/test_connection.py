"""Which server is used, and what is said where it cannot be."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestration.core.connection import child_environment, connect
from orchestration.core.errors import Failure, UserError
from orchestration.core.home import user_name
from orchestration.embedded.database import database
from orchestration.embedded.server import running, server
from tests.clusters import query
from tests.commands import run_cli


@pytest.fixture
def no_server_named(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    return monkeypatch


def refusal(environment: Mapping[str, str]) -> str:
    with pytest.raises(Failure) as failure:
        connect(environment)
    message = str(failure.value)
    assert "\n" not in message
    return message


def test_the_server_of_the_environment_is_used_and_nothing_embedded_starts(
    database_env: dict[str, str], monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    home = folder / "unused"
    monkeypatch.setenv("FAST_DAU_HOME", str(home))
    monkeypatch.setenv("PGSSLMODE", "disable")

    with database() as variables:
        rows = query(variables, "select current_database()")

    assert variables == {**database_env, "PGSSLMODE": "disable"}
    assert rows == [(database_env["PGDATABASE"],)]
    assert not home.exists()


@pytest.mark.parametrize("host", [None, ""])
def test_without_a_host_the_embedded_server_runs_for_as_long(
    home: Path, no_server_named: pytest.MonkeyPatch, host: str | None
) -> None:
    no_server_named.setenv("FAST_DAU_HOME", str(home))
    no_server_named.setenv("PGPORT", "1")
    if host is not None:
        no_server_named.setenv("PGHOST", host)

    with database() as variables:
        rows = query(variables, "select current_database()")

    assert rows == [("fast_dau",)]
    assert running(home) is None


def test_what_a_server_elsewhere_has_to_be_like_is_not_asked_of_the_embedded_one(
    home: Path, no_server_named: pytest.MonkeyPatch
) -> None:
    no_server_named.setenv("FAST_DAU_HOME", str(home))
    demands = {
        "PGSSLMODE": "verify-full",
        "PGCHANNELBINDING": "require",
        "PGGSSENCMODE": "require",
        "PGREQUIREAUTH": "none",
        "PGTARGETSESSIONATTRS": "standby",
    }
    for name, text in demands.items():
        no_server_named.setenv(name, text)

    with database() as variables:
        rows = query(variables, "select current_database()")
        found = running(home)
        shown = run_cli("db", "psql", "--no-align", "--tuples-only", "-c", "select 42")

    assert rows == [("fast_dau",)]
    assert found == variables
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, "42\n", "")


@pytest.mark.parametrize("name", ["PGHOSTADDR", "PGSERVICE"])
def test_a_server_named_otherwise_than_by_its_host_is_refused(
    no_server_named: pytest.MonkeyPatch, name: str
) -> None:
    no_server_named.setenv(name, "somewhere")

    with (
        pytest.raises(UserError, match=f"{name} is set, but PGHOST is not"),
        database(),
    ):
        pass


def test_a_child_process_gets_the_whole_environment_and_the_server(
    cluster: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("OTHER", "kept")

    environment = child_environment(cluster)

    assert environment == {**os.environ, **cluster}
    assert environment["OTHER"] == "kept"


def test_a_session_is_in_utc_whatever_is_rolled_back_or_set_outside(
    database_env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGTZ", "Europe/Berlin")
    monkeypatch.setenv("PGOPTIONS", "-c timezone=Asia/Kolkata -c work_mem=7MB")

    connection = connect(database_env)
    connection.rollback()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select current_setting('TimeZone'), current_setting('application_name'),
                current_setting('work_mem')
            """
        )
        rows = cursor.fetchall()
    is_in_autocommit = connection.autocommit
    connection.close()

    assert rows == [("UTC", "fast-dau", "7MB")]
    assert not is_in_autocommit


def test_a_server_that_does_not_answer_is_named_with_what_to_do(
    no_server_named: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    message = refusal(
        {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "u", "PGDATABASE": "d"}
    )

    assert message == (
        f"No connection to 127.0.0.1:{port} (user u, database d), Connection refused: "
        "start that server, correct PGHOST and PGPORT, or unset PGHOST to use the "
        "embedded server."
    )
    assert no_server_named


def test_a_host_that_does_not_exist_is_named(
    no_server_named: pytest.MonkeyPatch,
) -> None:
    message = refusal({"PGHOST": "nowhere.invalid"})

    assert "No connection to nowhere.invalid:5432 (user " in message
    assert 'could not translate host name "nowhere.invalid"' in message
    assert f"(user {user_name(os.geteuid())}, " in message
    assert no_server_named


@pytest.mark.parametrize("password", ["not-the-password", ""])
def test_a_refused_password_is_asked_for_and_not_shown(
    cluster: dict[str, str], no_server_named: pytest.MonkeyPatch, password: str
) -> None:
    message = refusal({**cluster, "PGPASSWORD": password})

    assert message == (
        f"127.0.0.1:{cluster['PGPORT']} (user fast_dau, database fast_dau) refused the "
        "password: set PGPASSWORD to the one of that user."
    )
    assert no_server_named


@pytest.mark.parametrize("name", ["missing", "role missing", "a password"])
def test_a_missing_database_is_named(cluster: dict[str, str], name: str) -> None:
    message = refusal({**cluster, "PGDATABASE": name})

    assert message == (
        f"127.0.0.1:{cluster['PGPORT']} (user fast_dau, database {name}) has no such "
        "database: create it there, or correct PGDATABASE."
    )


def test_a_missing_user_is_named(home: Path) -> None:
    """Only a server that asks for no password says so."""
    rules = home / "cluster" / "data" / "pg_hba.conf"
    rules.write_text("host fast_dau stranger 127.0.0.1/32 trust\n" + rules.read_text())

    with server(home) as variables:
        message = refusal({**variables, "PGUSER": "stranger"})

    assert message == (
        f"127.0.0.1:{variables['PGPORT']} (user stranger, database fast_dau) has no "
        "such user: create it there, or correct PGUSER."
    )
