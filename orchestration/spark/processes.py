"""The cluster's processes, known by a mark in their environment that they inherit.

A process id that another program has by now is thus never taken for one of them.
"""

import subprocess
import time
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import psutil

# Spark's own variable for what tells one instance from another.
_MARK = "SPARK_IDENT_STRING"

_END_SECONDS = 15
_DETACHED = '"$@" >"$0" 2>&1 </dev/null & echo $!'


class Role(StrEnum):
    """What a process is: the class that its Java runs."""

    MASTER = "org.apache.spark.deploy.master.Master"
    WORKER = "org.apache.spark.deploy.worker.Worker"
    THRIFT_SERVER = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"
    EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend"


def start(
    command: Sequence[str | Path], log: Path, mark: Path, environment: Mapping[str, str]
) -> int:
    """Start a program that outlives this one, in the folder `mark`; return its id."""
    started = subprocess.run(
        # The shell ends at once, so that nobody has to wait for the program.
        ["sh", "-c", _DETACHED, log, *command],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=mark,
        env={**environment, _MARK: str(mark)},
        # Ctrl-C at the command line is not for it.
        start_new_session=True,
    )
    return int(started.stdout)


def is_alive(pid: int) -> bool:
    """Tell whether a program that was just started has not ended.

    Not by its mark, which it lacks for a moment while another takes its place.
    """
    try:
        state: str = psutil.Process(pid).status()
    except psutil.NoSuchProcess:
        return False
    return bool(state != psutil.STATUS_ZOMBIE)


def pids(mark: Path, role: Role | None = None) -> list[int]:
    """Return the ids of the processes that are alive, of one role or of all.

    One that is still starting is of its role too.
    """
    found = {process.pid: process for process in _processes(mark, role)}
    if role is None:
        return list(found)
    # While Spark's scripts start a program, their helpers have its name as well.
    return [pid for pid, process in found.items() if _parent(process) not in found]


def end(mark: Path) -> bool:
    """End all of them, at last by force; False: there were none.

    Those that begin meanwhile, such as executors, are ended too.
    """
    was_there = False
    deadline = time.monotonic() + _END_SECONDS
    asked: set[int] = set()
    while processes := _processes(mark):
        was_there = True
        for process in processes:
            try:
                if time.monotonic() > deadline:
                    process.kill()
                elif process.pid not in asked:
                    asked.add(process.pid)
                    process.terminate()
            except psutil.NoSuchProcess:
                continue
        time.sleep(0.05)
    return was_there


def _parent(process: psutil.Process) -> int | None:
    try:
        parent: int = process.ppid()
    except psutil.Error:
        return None
    return parent


def _processes(mark: Path, role: Role | None = None) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            is_ours = process.environ().get(_MARK) == str(mark)
            if is_ours and (role is None or role in process.cmdline()):
                found.append(process)
        # Another user's, or one that has ended.
        except (psutil.Error, OSError):
            continue
    return found
