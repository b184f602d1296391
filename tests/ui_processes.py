"""`fast-dau ui`, or another UI, as a process, and all that it has started."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.commands import FAST_DAU

_PATIENCE_SECONDS = 300
_PROCESSES = Path("/proc")
_MARK = "FAST_DAU_TEST_MARK"
_SETTINGS = """
run_queue: {dequeue_interval_seconds: 1}
telemetry: {enabled: false}
nux: {enabled: false}
"""
_LAUNCH = """
mutation ($job: String!) {
  launchRun(executionParams: {selector: {
    repositoryLocationName: "fast_dau"
    repositoryName: "__repository__"
    jobName: $job
  }}) { ... on LaunchRunSuccess { run { runId } } }
}
"""
_STATUS = "query ($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"

Command = Sequence[str | Path]
DAGSTER: Command = (FAST_DAU, "ui")


class UI:
    """A UI process; `output` is what it has printed so far, both streams."""

    def __init__(
        self, environment: Mapping[str, str], folder: Path, command: Command
    ) -> None:
        self.port = free_port()
        self.output = ""
        # Inherited by all that it starts, whatever session they move to.
        self._mark = f"{_MARK}={uuid.uuid4()}"
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            env={**environment, _MARK: self._mark.partition("=")[2]},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_until_up(self) -> None:
        """Wait until it says how to stop it."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
            if "Ctrl-C" in line:
                return
        raise AssertionError(self.output)

    def launch(self, job: str) -> str:
        """Start a run of the job, as a click would; return its id."""
        run_id: str = self._ask(_LAUNCH, job=job)["launchRun"]["run"]["runId"]
        return run_id

    def status(self, run_id: str) -> str:
        """Return the status of a run, such as STARTED."""
        status: str = self._ask(_STATUS, id=run_id)["runOrError"]["status"]
        return status

    def _ask(self, query: str, **variables: str) -> dict[str, Any]:
        request = urllib.request.Request(  # http, by this very line
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310  # as above
            data: dict[str, Any] = json.load(answer)["data"]
        return data

    def receive(self, number: signal.Signals) -> int:
        """End it by a signal; return its exit code, once it has ended."""
        self.process.send_signal(number)
        assert self.process.stdout is not None
        self.output += self.process.stdout.read()
        return self.process.wait(_PATIENCE_SECONDS)

    def left(self) -> list[str]:
        """Return the command lines of the processes that it has started and that live.

        Those of another user, such as the server's for root, cannot be told.
        """
        return [
            (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            for folder in _PROCESSES.glob("[0-9]*")
            if self._mark in _environment(folder) and folder.name != str(os.getpid())
        ]

    def wait_until_all_have_ended(self) -> None:
        """Wait until nothing is left."""
        wait_until(lambda: not self.left())


def wait_until(condition: Callable[[], bool]) -> None:
    """Ask again until the condition is true."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@contextmanager
def started_ui(
    environment: Mapping[str, str], folder: Path, command: Command = DAGSTER
) -> Iterator[UI]:
    """Yield a UI that is up, started in the folder; it has ended afterwards.

    It is deaf to Ctrl-C at first, as what a script's shell puts in the background.
    """
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        ui = UI(environment, folder, command)
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        ui.wait_until_up()
        yield ui
    finally:
        ui.process.terminate()
        with ui.process:
            pass  # closes its output, and waits


def dagster_home(parent: Path) -> Path:
    """Make a DAGSTER_HOME with settings that lose no time."""
    folder = parent / "dagster"
    folder.mkdir()
    (folder / "dagster.yaml").write_text(_SETTINGS)
    return folder


def free_port() -> int:
    """Return a port of the loopback address on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _environment(folder: Path) -> list[str]:
    try:
        return (folder / "environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:  # it has ended, or is another user's
        return []
