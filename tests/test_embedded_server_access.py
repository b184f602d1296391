"""Who can reach the embedded server and its files: its own user, by its password."""

import sys
from pathlib import Path

import pytest

from orchestration.core.home import server_account
from orchestration.core.locks import exclusive_if_free
from orchestration.embedded.server import running, server
from tests.clusters import copy_cluster, query

IS_LINUX = sys.platform == "linux"


def test_files_are_closed_to_other_users(home: Path) -> None:
    with server(home):
        modes = {
            str(path.relative_to(home)): path.stat().st_mode & 0o777
            for path in (
                *home.iterdir(),
                home / "cluster" / "data",
                home / "cluster" / "password",
            )
        }
        owner = (home / "cluster" / "data").stat().st_uid

    assert modes == {
        "cluster": 0o700,
        "cluster/data": 0o700,
        "cluster/password": 0o600,
        "server.log": 0o600,
        "server.previous.log": 0o600,
        "server.lock": 0o600,
        "switch.lock": 0o600,
        "users.lock": 0o600,
    }
    assert owner == server_account().uid != 0


@pytest.mark.skipif(not IS_LINUX, reason="reads Linux's table of listening sockets")
def test_it_listens_on_loopback_only_and_on_no_unix_socket(home: Path) -> None:
    with server(home) as variables:
        port = f"{int(variables['PGPORT']):04X}"
        tables = [Path("/proc/net/tcp").read_text(), Path("/proc/net/tcp6").read_text()]
        [(sockets,)] = query(variables, "show unix_socket_directories")
    fields = [line.split() for table in tables for line in table.splitlines()[1:]]
    listening = [field[1] for field in fields if field[3] == "0A"]

    assert [each for each in listening if each.endswith(f":{port}")] == [
        f"0100007F:{port}"
    ]
    assert not sockets


def test_another_postgres_on_the_port_is_not_taken_for_the_server(
    home: Path, made_cluster: Path, folder: Path
) -> None:
    """It lets anyone in, but does not prove that it knows the password."""
    imposter = folder / "imposter"
    copy_cluster(made_cluster, imposter)
    rules = imposter / "cluster" / "data" / "pg_hba.conf"
    rules.write_text(rules.read_text().replace("scram-sha-256", "trust"))
    pid_file = Path("cluster", "data", "postmaster.pid")

    with (
        server(imposter),
        exclusive_if_free(home / "server.lock"),
    ):
        (home / pid_file).write_text((imposter / pid_file).read_text())
        found = running(home)
        found_itself = running(imposter)

    assert found is None
    assert found_itself is None
