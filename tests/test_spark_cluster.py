"""`fast-dau spark`: what it starts, finds, refuses and ends.

The tests above the line need neither Java nor Spark.
"""

import importlib.util
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import psutil
import pytest
from psycopg2.extensions import connection as Connection  # noqa: N812  # a class

from orchestration.errors import Failure, UserError
from orchestration.spark import cluster as clusters
from orchestration.spark import processes, programs
from orchestration.spark.cluster import Cluster
from orchestration.spark.events import make_events_table
from orchestration.spark.home import Settings, SparkHome
from orchestration.spark.java import require_java
from orchestration.spark.processes import Role
from orchestration.spark.thrift import run
from tests.commands import answer, run_cli
from tests.events_tables import execute
from tests.exports import export, in_table
from tests.loading import make_events_table as make_events_in_postgres

PASSWORD = "correct-horse"  # noqa: S105  # of no server
SETTINGS = Settings(workers=2, memory="1g", master_port=1, port=2)


def program(path: Path, script: str) -> Path:
    """Write a program that the shell runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def wait_until_alive(folder: Path, count: int) -> list[int]:
    while len(pids := processes.pids(folder)) != count:
        pass
    return pids


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "21" 2023-09-19', 21),
    ],
)
def test_a_java_that_spark_runs_on_is_taken(
    tmp_path: Path, said: str, version: int
) -> None:
    java = program(tmp_path / "bin" / "java", f"echo '{said}' >&2")

    assert require_java({"PATH": str(java.parent)}) == java
    assert require_java({"PATH": "", "JAVA_HOME": str(tmp_path)}) == java


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ('java version "1.8.0_202"', "is Java 8: install one"),
        ('openjdk version "11.0.2"', "is Java 11: install one"),
        ("no idea", "does not say which Java it is: install one"),
    ],
)
def test_another_java_is_refused_with_what_to_install(
    tmp_path: Path, said: str, complaint: str
) -> None:
    java = program(tmp_path / "java", f"echo '{said}' >&2")
    with pytest.raises(UserError) as refused:
        require_java({"PATH": str(tmp_path)})

    assert str(refused.value).startswith(f"Spark needs Java 17 or 21, but {java} ")
    assert complaint in str(refused.value)
    assert "`apt-get install openjdk-17-jre-headless`" in str(refused.value)


def test_no_java_is_told_with_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no Java here: install one, on Deb"):
        require_java({"PATH": str(tmp_path)})
    with pytest.raises(UserError, match=f"JAVA_HOME is {tmp_path}, where there is no "):
        require_java({"JAVA_HOME": str(tmp_path), "PATH": os.environ["PATH"]})


def test_packages_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(UserError, match=r"pyspark and pyhive .*'fast-dau\[spark\]'"):
        programs.require_packages()


def test_where_nothing_runs_status_and_stop_say_so(tmp_path: Path) -> None:
    folder = tmp_path / "spark"
    status = run_cli("spark", "status", "--dir", str(folder))
    form = run_cli("spark", "status", "--dir", str(folder), "--format", "json")
    stopped = run_cli("spark", "stop", "--dir", str(folder))

    assert (status.returncode, form.returncode, stopped.returncode) == (1, 1, 0)
    assert status.stdout == f"spark          not running\ndir            {folder}\n"
    assert json.loads(form.stdout) == {"running": False, "dir": str(folder)}
    assert stopped.stdout == "Spark was not running.\n"


def test_memory_that_is_none_is_refused(tmp_path: Path) -> None:
    started = run_cli("spark", "start", "--dir", str(tmp_path), "--memory", "much")

    assert started.returncode == 2
    assert started.stderr == "fast-dau: --memory is much: give it as 1g or 1500m.\n"


def test_a_program_of_the_cluster_is_found_by_its_role_and_ended(
    tmp_path: Path,
) -> None:
    home = SparkHome(tmp_path)
    home.remember(SETTINGS)
    command: list[str | Path] = [program(tmp_path / "java", "sleep 100"), Role.WORKER]
    pid = processes.start(command, tmp_path / "log", tmp_path, dict(os.environ))
    wait_until_alive(tmp_path, 2)
    cluster = clusters.find(home)

    assert cluster == Cluster(home, SETTINGS)
    assert cluster.pids(Role.WORKER) == [pid]
    assert cluster.pids(Role.MASTER) == []
    assert not cluster.is_up
    assert clusters.stop(home)
    assert not clusters.stop(home)
    assert clusters.find(home) is None


def test_programs_of_others_are_left_alone(tmp_path: Path) -> None:
    other = {**os.environ, "SPARK_IDENT_STRING": str(tmp_path / "other")}
    same_name = program(tmp_path / "java", "exec sleep 100")
    with (
        subprocess.Popen([same_name, Role.MASTER]) as unmarked,
        subprocess.Popen([same_name, Role.MASTER], env=other) as of_another,
    ):
        was_running = clusters.stop(SparkHome(tmp_path))
        codes = [unmarked.poll(), of_another.poll()]
        unmarked.kill()
        of_another.kill()

    assert not was_running
    assert codes == [None, None]


def test_a_program_that_does_not_listen_is_ended_by_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_PATIENCE_SECONDS", 0.2)
    deaf = program(tmp_path / "deaf", "trap '' TERM; while :; do sleep 100; done")
    processes.start([deaf], tmp_path / "log", tmp_path, dict(os.environ))
    wait_until_alive(tmp_path, 2)

    assert clusters.stop(SparkHome(tmp_path))
    assert processes.pids(tmp_path) == []


def test_a_start_that_fails_says_why_and_leaves_nothing_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin" / "spark-class", "sleep 100 & echo No room here.; exit 1")
    monkeypatch.setattr(programs, "require_packages", lambda: tmp_path)
    home = SparkHome(tmp_path / "home")

    with home.held(), pytest.raises(Failure) as failed:
        clusters.start(home, 1, "1g")

    log = home.log("master")
    assert str(failed.value) == (
        f"Spark's master did not start: No room here (log: {log})."
    )
    assert processes.pids(home.folder) == []


def test_two_starts_do_not_meet(tmp_path: Path) -> None:
    home = SparkHome(tmp_path)

    with home.held(), pytest.raises(Failure, match="is just being started or stopped"):
        home.held().__enter__()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    stopped = run_cli("spark", "stop", "--dir", str(tmp_path / "file" / "below"))

    assert stopped.returncode == 1
    assert "cannot be used (Not a directory): name another one with --dir" in (
        stopped.stderr
    )


# From here on with Spark itself: one cluster for all, from `start` to `stop`.


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


@pytest.mark.spark
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


@pytest.mark.spark
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


@pytest.mark.spark
def test_it_listens_on_this_machine_only(home: SparkHome) -> None:
    addresses = {
        connection.laddr.ip.removeprefix("::ffff:")
        for pid in processes.pids(home.folder)
        for connection in psutil.Process(pid).net_connections()
        if connection.status == psutil.CONN_LISTEN
    }

    assert addresses == {"127.0.0.1"}


@pytest.mark.spark
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


@pytest.mark.spark
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


@pytest.mark.spark
def test_who_logs_in_with_a_password_is_let_in(home: SparkHome) -> None:
    # This server would take any other one too.
    named = replace(cluster_in(home).server, user="ann", password=PASSWORD, auth="LDAP")

    assert run(named, "select 1").rows == [(1,)]


@pytest.mark.spark
def test_what_spark_refuses_is_one_sentence(home: SparkHome) -> None:
    with pytest.raises(Failure, match=r"TABLE_OR_VIEW_NOT_FOUND") as refused:
        cluster_in(home).query("select * from nowhere")

    assert "\n" not in str(refused.value)


@pytest.mark.spark
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


@pytest.mark.spark
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
