"""`fast-dau spark`: a cluster from `start` to `stop`, one for all of these tests."""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import psutil
import pytest
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.errors import Failure, UserError
from orchestration.spark import cluster as clusters
from orchestration.spark import processes
from orchestration.spark.cluster import Cluster
from orchestration.spark.events import make_events_table
from orchestration.spark.home import SparkHome
from orchestration.spark.processes import Role
from orchestration.spark.thrift import run
from tests.commands import answer, run_cli
from tests.events_tables import execute
from tests.exports import export, in_table
from tests.loading import make_events_table as make_events_in_postgres

pytestmark = pytest.mark.spark

PASSWORD = "correct-horse"  # noqa: S105  # of no server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkHome]:
    """Yield the home of a cluster that the command has started."""
    home = SparkHome(tmp_path_factory.mktemp("spark") / "a home")
    started = run_cli("spark", "start", "--dir", str(home.folder))
    assert started.returncode == 0, started.stderr
    yield home
    clusters.stop(home)


def cluster_in(home: SparkHome) -> Cluster:
    cluster = clusters.find(home)
    assert cluster is not None
    return cluster


def test_a_second_start_finds_the_first_and_says_how_to_use_it(home: SparkHome) -> None:
    cluster = cluster_in(home)
    before = processes.pids(home.folder)
    second = answer("spark", "start", "--dir", str(home.folder))
    other = run_cli("spark", "start", "--dir", str(home.folder), "--workers", "3")
    lines = answer("spark", "env", "--dir", str(home.folder))

    assert processes.pids(home.folder) == before
    assert second.endswith('\nTo use it in this shell: eval "$(fast-dau spark env)"\n')
    assert lines == (
        "export DBT_TARGET=spark\nexport SPARK_HOST=127.0.0.1\n"
        f"export SPARK_PORT={cluster.port}\n"
    )
    assert (other.returncode, other.stdout) == (2, "")
    assert "Spark runs already, with 2 workers of 1g: for other" in other.stderr


def test_status_counts_what_lives(home: SparkHome) -> None:
    cluster = cluster_in(home)
    cluster.query("select count(*) from range(100)")
    state = json.loads(
        answer("spark", "status", "--dir", str(home.folder), "--format", "json")
    )

    assert (state["running"], state["port"]) == (True, cluster.port)
    assert len(state["workers"]) == state["workers_asked_for"] == 2
    assert len(state["master"]) == len(state["thrift_server"]) == 1
    assert f"up at 127.0.0.1:{cluster.port}\n" in answer(
        "spark", "status", "--dir", str(home.folder)
    )


def test_it_listens_on_this_machine_only(home: SparkHome) -> None:
    addresses = {
        connection.laddr.ip.removeprefix("::ffff:")
        for pid in processes.pids(home.folder)
        for connection in psutil.Process(pid).net_connections()
        if connection.status == psutil.CONN_LISTEN
    }

    assert addresses == {"127.0.0.1"}


def test_the_exported_events_are_a_table_that_follows_the_export(
    home: SparkHome,
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
    cluster = cluster_in(home)
    query = (
        "select user_id, course_id, kind, performed_at, properties, event_date "
        "from public.events"
    )
    make_events_table(cluster, folder)
    first = cluster.query(query)
    execute(
        connection,
        "delete from events where performed_at = '2024-03-02'",
        "insert into events (user_id, performed_at) values (7, '2024-03-01'), "
        "(7, '2024-03-05')",
    )
    expected = in_table(connection)
    export(database_env, folder, since=date(2024, 3, 1))
    started = run_cli(
        "spark", "start", "--dir", str(home.folder), "--events", str(folder)
    )

    assert len(first) == 5
    assert started.returncode == 0, started.stderr
    assert sorted(map(str, cluster.query(query))) == sorted(
        str((*row[1:], row[4] and row[4].date())) for row in expected
    )


def test_a_table_with_data_of_its_own_is_not_replaced(
    home: SparkHome, tmp_path: Path
) -> None:
    cluster = cluster_in(home)
    cluster.query("create database if not exists public")
    cluster.query("drop table if exists public.events")
    cluster.query("create table public.events (a int) using parquet")
    with pytest.raises(Failure, match=r"not a table over exported files \(MANAGED\)"):
        make_events_table(cluster, tmp_path)
    with pytest.raises(UserError, match="is no folder: fill it with `fast-dau export"):
        make_events_table(cluster, tmp_path / "none")
    cluster.query("drop table public.events")


def test_who_logs_in_with_a_password_is_let_in(home: SparkHome) -> None:
    # This server would take any other one too.
    named = replace(cluster_in(home).server, user="ann", password=PASSWORD, auth="LDAP")

    assert run(named, "select 1").rows == [(1,)]


def test_what_spark_refuses_is_one_sentence(home: SparkHome) -> None:
    with pytest.raises(Failure, match=r"TABLE_OR_VIEW_NOT_FOUND") as refused:
        cluster_in(home).query("select * from nowhere")

    assert "\n" not in str(refused.value)


def test_a_worker_that_was_killed_is_started_again(home: SparkHome) -> None:
    cluster = cluster_in(home)
    killed, kept = cluster.pids(Role.WORKER)
    os.kill(killed, signal.SIGKILL)
    while cluster.pids(Role.WORKER) != [kept]:
        pass
    status = run_cli("spark", "status", "--dir", str(home.folder))
    started = run_cli("spark", "start", "--dir", str(home.folder))

    assert (status.returncode, started.returncode) == (0, 0)
    assert "workers        1 of 2 up\n" in status.stdout
    assert kept in cluster.pids(Role.WORKER)
    assert len(cluster.pids(Role.WORKER)) == 2
    assert cluster.query("select count(*) from range(1000)") == [(1000,)]


def test_stop_ends_what_a_crash_has_left_and_start_has_the_tables_again(
    home: SparkHome,
) -> None:
    cluster = cluster_in(home)
    cluster.query("create table default.kept as select 1 as a")
    os.kill(cluster.pids(Role.THRIFT_SERVER)[0], signal.SIGKILL)
    broken = run_cli("spark", "status", "--dir", str(home.folder))
    restarted = run_cli("spark", "start", "--dir", str(home.folder))
    rows = cluster.query("select a from default.kept")
    stopped = answer_of_stop(home)
    again = answer_of_stop(home)

    assert broken.returncode == 1
    assert f"not whole, at 127.0.0.1:{cluster.port}\n" in broken.stdout
    assert restarted.returncode == 0, restarted.stderr
    assert rows == [(1,)]
    assert (stopped, again) == ("Spark has stopped.\n", "Spark was not running.\n")
    assert processes.pids(home.folder) == []


def answer_of_stop(home: SparkHome) -> str:
    done = run_cli("spark", "stop", "--dir", str(home.folder))
    assert done.returncode == 0, done.stderr
    return done.stdout
