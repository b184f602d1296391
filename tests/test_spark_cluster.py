"""`fast-dau spark` where Spark runs, and what its Thrift Server takes and refuses."""

import gc
import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Thread

import psutil
import pytest

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure, UserError
from orchestration.spark import processes
from orchestration.spark.cluster import Cluster
from orchestration.spark.events_table import make_events_table
from orchestration.spark.named_server import ask_server
from orchestration.spark.processes import Role
from orchestration.spark.thrift import NoAnswerError, run
from tests.commands import answer, run_cli
from tests.events_tables import execute
from tests.exports import export, in_table
from tests.loading import make_events_table as make_events_in_postgres

pytestmark = pytest.mark.spark

PASSWORD = "correct-horse"  # noqa: S105  # of no server


@pytest.fixture
def home(spark_cluster: Cluster) -> str:
    """Return the folder of the session's cluster, as the commands are told it."""
    return str(spark_cluster.home.folder)


def test_a_second_start_finds_the_first_and_says_how_to_use_it(
    spark_cluster: Cluster, home: str
) -> None:
    before = processes.pids(spark_cluster.home.folder)
    second = answer("spark", "start", "--dir", home)
    other = run_cli("spark", "start", "--dir", home, "--workers", "3")
    lines = answer("spark", "env", "--dir", home)

    assert processes.pids(spark_cluster.home.folder) == before
    assert second.endswith('\nTo use it in this shell: eval "$(fast-dau spark env)"\n')
    assert lines == (
        "export DBT_TARGET=spark\nexport SPARK_HOST=127.0.0.1\n"
        f"export SPARK_PORT={spark_cluster.port}\n"
    )
    assert (other.returncode, other.stdout) == (2, "")
    assert "Spark runs already, with 2 workers of 1g: for other" in other.stderr


def test_status_counts_what_lives(spark_cluster: Cluster, home: str) -> None:
    spark_cluster.query("select count(*) from range(100)")
    state = json.loads(answer("spark", "status", "--dir", home, "--format", "json"))

    assert (state["running"], state["port"]) == (True, spark_cluster.port)
    assert len(state["workers"]) == state["workers_asked_for"] == 2
    assert len(state["master"]) == len(state["thrift_server"]) == 1
    assert f"up at 127.0.0.1:{spark_cluster.port}\n" in answer(
        "spark", "status", "--dir", home
    )


def test_it_listens_on_this_machine_only(spark_cluster: Cluster) -> None:
    addresses = {
        connection.laddr.ip.removeprefix("::ffff:")
        for pid in processes.pids(spark_cluster.home.folder)
        for connection in psutil.Process(pid).net_connections()
        if connection.status == psutil.CONN_LISTEN
    }

    assert addresses == {"127.0.0.1"}


def test_the_exported_events_are_a_table_that_follows_the_export(
    spark_cluster: Cluster,
    home: str,
    connection: Connection,
    database_env: dict[str, str],
    tmp_path: Path,
) -> None:
    make_events_in_postgres(connection)
    folder = tmp_path / "it's an export"
    execute(
        connection,
        "insert into events values "
        "(1, 2, 'a', '2024-03-01 10:00:00.000001', '{\"a\": \"b\\nc\"}'), "
        "(1, null, '', '2024-03-02', null), (null, 3, null, null, null), "
        "(1, 3, null, 'infinity', null), (1, 3, null, '-infinity', null)",
    )
    export(database_env, folder)
    query = (
        "select user_id, course_id, kind, performed_at, properties, event_date "
        "from public.events"
    )
    make_events_table(spark_cluster, folder)
    first = spark_cluster.query(query)
    execute(
        connection,
        "delete from events where performed_at = '2024-03-02'",
        "insert into events (user_id, performed_at) values (7, '2024-03-01'), "
        "(7, '2024-03-05')",
    )
    expected = in_table(connection)
    export(database_env, folder, since=date(2024, 3, 1))
    started = run_cli("spark", "start", "--dir", home, "--events", str(folder))

    assert len(first) == 5
    assert started.returncode == 0, started.stderr
    assert sorted(map(str, spark_cluster.query(query))) == sorted(
        str((*row[1:], row[4] and row[4].date())) for row in expected
    )


def test_a_table_with_data_of_its_own_is_not_replaced(
    spark_cluster: Cluster, tmp_path: Path
) -> None:
    spark_cluster.query("create database if not exists public")
    spark_cluster.query("drop table if exists public.events")
    spark_cluster.query("create table public.events (a int) using parquet")
    with pytest.raises(Failure, match=r"not a table over exported files \(MANAGED\)"):
        make_events_table(spark_cluster, tmp_path)
    with pytest.raises(UserError, match="is no folder: fill it with `fast-dau export"):
        make_events_table(spark_cluster, tmp_path / "none")
    spark_cluster.query("drop table public.events")


def test_who_logs_in_with_a_password_is_let_in(spark_cluster: Cluster) -> None:
    # This server would take any other one too.
    named = replace(spark_cluster.server, user="ann", password=PASSWORD, auth="LDAP")

    assert run(named, "select 1").rows == [(1,)]


def test_what_spark_refuses_is_one_sentence(spark_cluster: Cluster) -> None:
    with pytest.raises(Failure, match=r"TABLE_OR_VIEW_NOT_FOUND") as refused:
        spark_cluster.query("select * from nowhere")

    assert "\n" not in str(refused.value)


def test_a_worker_that_was_killed_is_started_again(
    spark_cluster: Cluster, home: str
) -> None:
    killed, kept = spark_cluster.pids(Role.WORKER)
    os.kill(killed, signal.SIGKILL)
    while spark_cluster.pids(Role.WORKER) != [kept]:
        pass
    status = run_cli("spark", "status", "--dir", home)
    started = run_cli("spark", "start", "--dir", home)

    assert (status.returncode, started.returncode) == (0, 0)
    assert "workers        1 of 2 up\n" in status.stdout
    assert kept in spark_cluster.pids(Role.WORKER)
    assert len(spark_cluster.pids(Role.WORKER)) == 2
    assert spark_cluster.query("select count(*) from range(1000)") == [(1000,)]


def test_the_thrift_server_has_its_own_memory_and_not_that_of_a_daemon(
    spark_cluster: Cluster,
) -> None:
    commands = {
        role: psutil.Process(pid).cmdline()
        for role in (Role.MASTER, Role.THRIFT_SERVER)
        for pid in spark_cluster.pids(role)
    }

    assert "-Xmx512m" in commands[Role.MASTER]
    assert "-Xmx2g" in commands[Role.THRIFT_SERVER]


@contextmanager
def line_that_breaks(port: int, *words: bytes) -> Iterator[int]:
    """Yield a port that leads to another, until a client has sent a word.

    The next client is let through until its word, and so on.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for word in words:
                # The first is only there to see whether anybody listens.
                listener.accept()[0].close()
                client, _ = listener.accept()
                with client, socket.create_connection(("127.0.0.1", port)) as server:
                    answers = Thread(target=carry, args=(server, client))
                    answers.start()
                    while (sent := client.recv(65536)) and word not in sent:
                        server.sendall(sent)
                    server.shutdown(socket.SHUT_RDWR)
                    answers.join()

        line = Thread(target=serve)
        line.start()
        yield listener.getsockname()[1]
        line.join()


def carry(server: socket.socket, client: socket.socket) -> None:
    """Hand on what the server says, until it has no more to say."""
    while said := server.recv(65536):
        client.sendall(said)


def test_a_connection_that_breaks_is_told_and_leaves_nothing_open(
    spark_cluster: Cluster,
) -> None:
    gone = re.escape("does not answer: TSocket read 0 bytes")
    with line_that_breaks(spark_cluster.port, b"range(7)") as port:
        with pytest.raises(NoAnswerError, match=gone):
            run(replace(spark_cluster.server, port=port), "select * from range(7)")
        # A socket left open would warn, which is an error here.
        gc.collect()


def test_a_question_whose_connection_breaks_is_asked_once_more(
    spark_cluster: Cluster,
) -> None:
    with line_that_breaks(spark_cluster.port, b"range(7)", b"never said") as port:
        found = ask_server(
            replace(spark_cluster.server, port=port), "select * from range(7)"
        )

    assert len(found.rows) == 7


def test_an_answer_is_not_lost_where_the_session_cannot_be_ended(
    spark_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyhive import hive  # noqa: PLC0415  # only there with the extra `spark`
    from thrift.transport.TTransport import TTransportException  # noqa: PLC0415

    def fail(_: object) -> None:
        raise TTransportException(message="TSocket read 0 bytes")

    monkeypatch.setattr(hive.Connection, "close", fail)

    assert run(spark_cluster.server, "select 7").rows == [(7,)]
