"""Makes a new, empty cluster: all of it appears at once, or nothing does."""

import os
import secrets
import shutil
import tempfile
from pathlib import Path

from orchestration.core.errors import Failure
from orchestration.core.files import last_lines
from orchestration.core.home import Home
from orchestration.embedded.binaries import Installation

USER = "fast_dau"
DATABASE = "fast_dau"


def create_cluster(
    home: Home, programs: Installation, *, sync: bool, server_lock: int
) -> None:
    """Make the cluster with its user, password and database.

    To be called with the server lock held. The programs inherit it, so that one
    left over by a killed process cannot meet the next attempt. `sync` makes the new
    files survive a power cut.
    """
    for leftover in home.folder.glob("cluster.*"):
        shutil.rmtree(leftover)
    draft = Path(tempfile.mkdtemp(prefix="cluster.", dir=home.folder))
    password = draft / home.password.name
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(32))
    if home.account.is_another:
        for path in (draft, password):
            os.chown(path, home.account.uid, home.account.gid)
    for arguments, text in _steps(home, sync=sync):
        made = programs.run(arguments, inside=draft, text=text, keep_open=[server_lock])
        if made.returncode != 0:
            raise Failure(
                f"No database could be made in {home.folder}: "
                f"{last_lines(made.stdout)}."
            )
    draft.rename(home.cluster)


def _steps(home: Home, *, sync: bool) -> list[tuple[list[str], str]]:
    initdb = [
        "initdb",
        f"--pgdata={home.data.name}",
        f"--username={USER}",
        f"--pwfile={home.password.name}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        *([] if sync else ["--no-sync"]),
    ]
    # Without a server there is no moment at which the cluster lacks its database.
    single = ["postgres", "--single", "-D", home.data.name, "-c", "exit_on_error=on"]
    fsync = ["-c", f"fsync={'on' if sync else 'off'}"]
    return [
        (initdb, ""),
        ([*single, *fsync, "template1"], f"create database {DATABASE}\n"),
    ]
