"""The embedded server survives kills: of a user, of the postmaster, of everything."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from orchestration.core.home import server_account
from orchestration.embedded.binaries import program
from orchestration.embedded.server import running, server
from tests.clusters import QUICK, OtherUser, other_user, query

WRITE_ROWS = """
import itertools, os, psycopg2
connection = psycopg2.connect("")
connection.autocommit = True
cursor = connection.cursor()
for number in itertools.count():
    cursor.execute("insert into kept values (%s)", (number,))
    print(number, flush=True)
"""


def test_a_killed_user_is_counted_out(home: Path) -> None:
    with other_user(home) as killed:
        before = killed.variables()
        killed.receive(signal.SIGKILL)
        with server(home) as after:
            pass

    assert after == before
    assert running(home) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_user_asked_to_end_stops_the_server_first(
    home: Path, number: signal.Signals
) -> None:
    with other_user(home) as user:
        user.variables()
        code = user.receive(number)

    assert code == 128 + number
    assert running(home) is None


def test_a_process_killed_while_it_makes_the_cluster_leaves_no_half_of_one(
    folder: Path,
) -> None:
    home = folder / "half"
    user = OtherUser(home)
    while not list(home.glob("cluster.*/data")):
        assert user.process.poll() is None
    user.receive(signal.SIGKILL)

    with server(home, settings=QUICK) as variables:
        rows = query(variables, "select 1")

    assert rows == [(1,)]
    assert not list(home.glob("cluster.*"))


def test_a_killed_postmaster_is_replaced_once_its_backends_are_gone(home: Path) -> None:
    """The orphaned backend works on, and holds the data folder's shared memory."""
    with server(home) as before:
        query(before, "create table kept as select 42 as answer")
        busy = run_long_query(before)
        os.kill(postmaster(home), signal.SIGKILL)
        is_orphaned = busy.poll() is None
        with server(home) as after:
            rows = query(after, "table kept")
        busy.wait()

    assert is_orphaned
    assert rows == [(42,)]
    assert running(home) is None


def test_every_acknowledged_row_outlives_a_kill_of_everything(home: Path) -> None:
    with server(home) as before:
        query(before, "create table kept (number int)")
        pids = [pid for (pid,) in query(before, "select pid from pg_stat_activity")]
        writer = write_rows(before)
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(300)]
        for pid in (postmaster(home), *pids, writer.pid):
            kill_if_alive(pid)
        acknowledged += [int(line) for line in writer.communicate()[0].splitlines()]
        with server(home) as after:
            rows = query(after, "select number from kept order by number")

    assert [number for (number,) in rows][: len(acknowledged)] == acknowledged
    # The one that was under way may or may not be there.
    assert len(rows) <= len(acknowledged) + 1


def test_a_stale_pid_file_that_names_another_program_is_healed(home: Path) -> None:
    account = server_account().subprocess_arguments()
    bystander = subprocess.Popen(["sleep", "600"], **account)
    data = home / "cluster" / "data"
    lines = [bystander.pid, data, 1700000000, 6543, "", "127.0.0.1", "1 1", "ready"]
    (data / "postmaster.pid").write_text("\n".join(map(str, lines)) + "\n")

    before = running(home)
    with server(home) as variables:
        rows = query(variables, "select 1")
    is_unharmed = bystander.poll() is None
    bystander.kill()
    bystander.wait()

    assert before is None
    assert rows == [(1,)]
    assert is_unharmed


def postmaster(home: Path) -> int:
    pid_file = home / "cluster" / "data" / "postmaster.pid"
    return int(pid_file.read_text().split()[0])


def run_long_query(variables: dict[str, str]) -> subprocess.Popen[str]:
    """Start a query of some seconds that never waits, and return once it runs."""
    statement = (
        "select sum(n) from (select generate_series(1, 20000000) as n) as numbers"
    )
    busy = subprocess.Popen(
        [program("psql"), "--command", statement],
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    active = f"select 1 from pg_stat_activity where query = '{statement}'"
    while not query(variables, active):
        assert busy.poll() is None
    return busy


def write_rows(variables: dict[str, str]) -> subprocess.Popen[str]:
    """Start a process that commits rows 0, 1, 2 … and prints each once it is in."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITE_ROWS],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def kill_if_alive(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
