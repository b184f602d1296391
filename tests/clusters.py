"""Clusters of a test's own, and other processes that use them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orchestration.core.connection import connect
from orchestration.embedded.server import server

# No test has to survive a power cut, and several clusters share the machine.
QUICK = {"fsync": "off", "shared_buffers": "64MB"}

_USE = """
import json, sys
from pathlib import Path
from orchestration.embedded.server import server
with server(Path(sys.argv[1]), settings=json.loads(sys.argv[2])) as variables:
    print(json.dumps(variables), flush=True)
    sys.stdin.read()
"""


@contextmanager
def cluster_folder() -> Iterator[Path]:
    """Yield a folder for clusters that the server's user can reach; then remove it.

    pytest's own temporary folders are closed to others, and for root the server
    runs as another user.
    """
    with tempfile.TemporaryDirectory(prefix="fast-dau-", dir=_memory()) as name:
        folder = Path(name)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        yield folder


def _memory() -> Path | None:
    """Return Linux's folder in memory where it has room: databases are many files."""
    memory = Path("/dev/shm")  # noqa: S108  # the folder made in it is private
    if not memory.is_dir() or shutil.disk_usage(memory).free < 4 << 30:
        return None
    return None if os.statvfs(memory).f_flag & os.ST_NOEXEC else memory


def make_cluster(home: Path) -> None:
    """Make a cluster and leave it stopped."""
    with server(home, settings=QUICK):
        pass


def copy_cluster(source: Path, target: Path) -> None:
    """Copy a stopped cluster with its owners, which is quicker than making one."""
    subprocess.run(["cp", "-a", source, target], check=True)


def query(variables: Mapping[str, str], statement: str) -> list[tuple[Any, ...]]:
    """Run one statement on a connection of its own and return its rows, if any."""
    connection = connect(variables)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


class OtherUser:
    """Another process that uses the server of a home until it is told to leave."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _USE, home, json.dumps(QUICK)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def variables(self) -> dict[str, str]:
        """Wait until the process uses the server, and return where it found it."""
        assert self.process.stdout is not None
        variables: dict[str, str] = json.loads(self.process.stdout.readline())
        return variables

    def leave(self) -> int:
        """Let the process end by itself, and return its exit code."""
        self.process.communicate()
        return self.process.returncode

    def receive(self, signal_number: int) -> int:
        """End the process by a signal, and return its exit code."""
        self.process.send_signal(signal_number)
        return self.leave()


@contextmanager
def other_user(home: Path) -> Iterator[OtherUser]:
    """Yield another process on the server; it is killed where it did not leave."""
    user = OtherUser(home)
    try:
        yield user
    finally:
        user.process.kill()
        user.leave()
