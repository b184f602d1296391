"""The server's own process: started, found and stopped without trusting a pid.

The server's processes inherit the server lock. As long as one of them lives, and no
longer, it is held: a stale postmaster.pid, a process id that another program has by
now, or backends that outlive a killed postmaster cannot mislead.
"""

import os
import shlex
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg2

from orchestration.core.errors import Failure
from orchestration.core.files import last_lines
from orchestration.core.home import Home
from orchestration.core.locks import exclusive_if_free
from orchestration.embedded.binaries import Installation, installation
from orchestration.embedded.initdb import DATABASE, USER, create_cluster
from orchestration.embedded.placement import HOST, placement, ports

# Recovery after a kill and the checkpoint of a stop take seconds, not minutes.
_PATIENCE_SECONDS = 120
# Linux alone has it.
_PROCESSES = Path("/proc")


def ensure_running(home: Home, settings: Mapping[str, str]) -> int:
    """Return the server's port; make the cluster and start the server where needed.

    To be called with the switch lock held. Raises Failure, with the end of the
    server's log, where it does not start.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with exclusive_if_free(home.server_lock) as lock:
            if lock is not None:
                return _start(home, settings, lock)
        # Ours, or started by a process that was killed meanwhile, or on its way out.
        port = answering_port(home)
        if port is not None:
            return port
        _wait(home, deadline, "neither answers nor ends")


def shut_down(home: Home) -> None:
    """Stop the server and wait until all of its processes are gone.

    To be called with the switch lock held. Raises Failure where it does not stop.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    told = False
    while _is_alive(home):
        postmaster = None if told else _postmaster(home)
        if postmaster is not None:
            os.kill(postmaster, signal.SIGINT)
            told = True
        _wait(home, deadline, "does not stop")


def running_port(home: Home) -> int | None:
    """Return the port of the server, or None where it is not up."""
    return answering_port(home) if _is_alive(home) else None


def answering_port(home: Home) -> int | None:
    """Return the port where this cluster's server answers now, or None."""
    try:
        port = int(_pid_file(home)[3])
        connection = psycopg2.connect(
            host=HOST,
            hostaddr=HOST,
            port=port,
            user=USER,
            password=home.password.read_text(),
            dbname=DATABASE,
            sslmode="disable",
            gssencmode="disable",
            channel_binding="prefer",
            target_session_attrs="any",
            options="",
            # With scram the server proves that it knows the password too: another
            # program on that port cannot pass for it.
            require_auth="scram-sha-256",
            connect_timeout=5,
        )
    except (FileNotFoundError, IndexError, ValueError, psycopg2.OperationalError):
        return None
    connection.close()
    return port


def _is_alive(home: Home) -> bool:
    with exclusive_if_free(home.server_lock) as lock:
        return lock is None


def _postmaster(home: Home) -> int | None:
    """Return the postmaster's process id, where it is sure to be that."""
    try:
        pid = int(_pid_file(home)[0])
        if _PROCESSES.exists():
            is_ours = (_PROCESSES / str(pid) / "cwd").samefile(home.data)
        else:
            is_ours = answering_port(home) is not None
    except (OSError, IndexError, ValueError):
        return None
    return pid if is_ours else None


def _pid_file(home: Home) -> list[str]:
    return (home.data / "postmaster.pid").read_text().splitlines()


def _wait(home: Home, deadline: float, complaint: str) -> None:
    if time.monotonic() > deadline:
        raise Failure(
            f"The embedded server {complaint} within {_PATIENCE_SECONDS} s: see "
            f"{home.log}, and end the processes whose data is in {home.data}."
        )
    time.sleep(0.02)


def _start(home: Home, settings: Mapping[str, str], lock: int) -> int:
    programs = installation(home)
    if not home.cluster.exists():
        sync = settings.get("fsync") != "off"
        create_cluster(home, programs, sync=sync, server_lock=lock)
    # Nothing of the server lives: postgres itself would stop at a process id that
    # another program has by now.
    (home.data / "postmaster.pid").unlink(missing_ok=True)
    if home.log.exists():
        home.log.replace(home.log.with_suffix(".previous.log"))
    for port in ports(home):
        if _launch(home, programs, {**settings, **placement(port)}, lock):
            return port
        log = home.log.read_text(errors="replace")
        if "Address already in use" not in log:
            break
    raise Failure(
        f"The embedded server did not start: {last_lines(log)} (log: {home.log})."
    )


def _launch(
    home: Home, programs: Installation, settings: Mapping[str, str], lock: int
) -> bool:
    options = [f"-c {shlex.quote(f'{key}={settings[key]}')}" for key in settings]
    # A file, not a pipe: the server keeps its output open for as long as it lives.
    home.log.touch(mode=0o600)
    with home.log.open("wb") as log:
        started = programs.run(
            [
                "pg_ctl",
                "start",
                "--silent",
                f"--timeout={_PATIENCE_SECONDS}",
                f"--pgdata={home.data.name}",
                f"--options={' '.join(options)}",
            ],
            inside=home.cluster,
            output=log,
            keep_open=[lock],
        )
    return started.returncode == 0
