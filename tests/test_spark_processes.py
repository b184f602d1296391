"""`fast-dau spark` without Spark: what it needs, finds, refuses and ends."""

import importlib.util
import json
import os
import subprocess
from pathlib import Path

import pytest

from orchestration.core.errors import Failure, UserError
from orchestration.spark import cluster as clusters
from orchestration.spark import processes, programs
from orchestration.spark.cluster import Cluster
from orchestration.spark.home import Settings, SparkHome
from orchestration.spark.java import require_java
from orchestration.spark.processes import Role
from tests.commands import run_cli

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
    monkeypatch.setattr(processes, "_END_SECONDS", 0.2)
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
