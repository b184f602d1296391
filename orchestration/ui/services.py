"""Dagster's processes: web server, daemon and code server, all or none of them."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from orchestration.errors import Failure
from orchestration.postgres.cluster import last_lines
from orchestration.settings import ROOT
from orchestration.ui.address import Address
from orchestration.ui.folder import DagsterHome

_PATIENCE_SECONDS = 180
_COLOURS = re.compile(r"\x1b\[[\d;]*m")
_PROGRAMS = Path(sys.executable).parent


class Services:
    """Dagster at work, on a leash: it ends when this process does."""

    def __init__(self, leash: subprocess.Popen[bytes], home: DagsterHome) -> None:
        self._leash = leash
        self._home = home

    def wait_until_up(self, address: Address) -> None:
        """Return once the web server answers. Raises Failure where it does not."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not address.answers():
            if self._leash.poll() is not None or time.monotonic() > deadline:
                raise _failure(self._home, "did not start")
            time.sleep(0.05)

    def wait_until_ended(self) -> None:
        """Wait for the end of Dagster, of which nobody has asked it: raise Failure."""
        self._leash.wait()
        raise _failure(self._home, "has ended by itself")


@contextmanager
def dagster_services(
    home: DagsterHome, address: Address, environment: Mapping[str, str]
) -> Iterator[Services]:
    """Start Dagster, and end all of it, a run in progress too, on leaving."""
    place = ["--host", address.host, "--port", str(address.port)]
    module = ["--working-directory", str(ROOT), "-m", "orchestration.definitions"]
    dagster = [sys.executable, "-m", "dagster", "dev", *place, *module]
    home.log.touch(mode=0o600)
    with home.log.open("wb") as log:
        _prepare(home, environment, log)
        leash = subprocess.Popen(
            [sys.executable, "-m", "orchestration.ui.leash", *dagster],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=_environment(home, environment),
            # Dagster takes variables from a file .env in its working directory, which
            # must not lead it to another database than the one in use.
            cwd=home.folder,
            # Ctrl-C is for this process, which then ends the others in order.
            start_new_session=True,
            # Held until the last of them has ended, even if this process is killed.
            pass_fds=[home.lock],
        )
    try:
        yield Services(leash, home)
    finally:
        with _undisturbed():
            leash.communicate()  # closes the pipe, and waits


def _prepare(home: DagsterHome, environment: Mapping[str, str], log: BinaryIO) -> None:
    prepare = [sys.executable, "-m", "orchestration.instance.prepare"]
    done = subprocess.run(
        [*prepare, "--every-run"] if home.is_own else prepare,
        stdout=log,
        stderr=log,
        env=_environment(home, environment),
        cwd=home.folder,
        check=False,
    )
    if done.returncode != 0:
        raise _failure(home, "did not start")


def _failure(home: DagsterHome, what: str) -> Failure:
    lines = last_lines(_COLOURS.sub("", home.log.read_text(errors="replace")))
    return Failure(f"Dagster {what}: {lines} (log: {home.log}).")


def _environment(home: DagsterHome, variables: Mapping[str, str]) -> dict[str, str]:
    return {
        **variables,
        "DAGSTER_HOME": str(home.folder),
        "PATH": os.pathsep.join([str(_PROGRAMS), variables.get("PATH", os.defpath)]),
    }


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no second Ctrl-C stop what the first one has begun."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
