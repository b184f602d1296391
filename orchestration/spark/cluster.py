"""The cluster: a master, its workers, and the Thrift Server that clients talk to."""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from orchestration.core.errors import Failure
from orchestration.core.startup import wait_until_up
from orchestration.spark import processes, programs
from orchestration.spark.home import Settings, SparkHome
from orchestration.spark.processes import Role
from orchestration.spark.programs import HOST
from orchestration.spark.thrift import Server, run

_PATIENCE_SECONDS = 180

# It needs an executor, so that whoever gets its answer can go to work.
_QUESTION = "select count(*) from range(10)"


@dataclass(frozen=True)
class Program:
    """One of the cluster's that was just started, and the file with what it prints."""

    name: str
    pid: int
    log: Path

    def wait(self, is_up: Callable[[], bool]) -> None:
        """Return once it is up. Raises Failure with its last lines where it is not."""
        wait_until_up(
            f"Spark's {self.name}",
            self.log,
            is_up,
            lambda: processes.is_alive(self.pid),
        )

    def is_registered(self) -> bool:
        """Tell whether this worker says that the master has it."""
        said = self.log.read_text(errors="replace")
        return "Successfully registered with master" in said


@dataclass(frozen=True)
class Cluster:
    """A cluster that was started, as it is now: each question looks anew."""

    home: SparkHome
    settings: Settings

    @property
    def port(self) -> int:
        """The Thrift Server's port, on 127.0.0.1."""
        return self.settings.port

    @property
    def server(self) -> Server:
        """The Thrift Server, which asks for no password."""
        return Server(HOST, self.port)

    @property
    def variables(self) -> dict[str, str]:
        """What dbt is told by, to use this cluster."""
        return {
            "DBT_TARGET": "spark",
            "SPARK_HOST": HOST,
            "SPARK_PORT": str(self.port),
        }

    def pids(self, role: Role) -> list[int]:
        """Return the ids of the processes of a role that are alive."""
        return processes.pids(self.home.folder, role)

    @property
    def is_up(self) -> bool:
        """Whether the master lives, and the Thrift Server takes connections."""
        return bool(
            self.pids(Role.MASTER) and self.pids(Role.THRIFT_SERVER)
        ) and _listens(self.port)

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Run one statement and return its rows; Failure where it is refused."""
        return run(self.server, statement).rows

    def start_workers(self) -> list[int]:
        """Start workers for those that have ended, and wait until the master has them.

        Returns the ids of the new ones. Raises Failure where one does not start.
        """
        started = self._launch_workers()
        for program in started:
            program.wait(program.is_registered)
        return [program.pid for program in started]

    def start(self, configuration: Mapping[str, str]) -> None:
        """Start all of it in a folder where nothing runs, and wait until it answers.

        Raises Failure with the log's last lines; what was started is left to `stop`.
        """
        self.home.clear()
        port, master_port = self.settings.port, self.settings.master_port
        master = self._launch("master", "spark-class", programs.master(self.settings))
        master.wait(lambda: _listens(master_port))
        workers = self._launch_workers()
        arguments = programs.thrift_server(self.home, self.settings, configuration)
        server = self._launch("thrift-server", "spark-submit", arguments)
        for worker in workers:
            worker.wait(worker.is_registered)
        server.wait(lambda: _listens(port))
        run(self.server, _QUESTION, patience=_PATIENCE_SECONDS)

    def _launch_workers(self) -> list[Program]:
        missing = self.settings.workers - len(self.pids(Role.WORKER))
        return [self._launch_worker() for _ in range(missing)]

    def _launch_worker(self) -> Program:
        number = 1
        while self.home.log(f"worker-{number}").exists():
            number += 1
        name = f"worker-{number}"
        arguments = programs.worker(self.home, self.settings, name)
        return self._launch(name, "spark-class", arguments)

    def _launch(self, name: str, script: str, arguments: list[str]) -> Program:
        folder = programs.require_packages()
        is_server = name == "thrift-server"
        environment = programs.environment(self.home, folder, is_server=is_server)
        command = ["bash", str(folder / "bin" / script), *arguments]
        log = self.home.log(name)
        # Its name is taken before the program has printed anything.
        log.touch()
        pid = processes.start(command, log, self.home.folder, environment)
        return Program(name, pid, log)


def find(home: SparkHome) -> Cluster | None:
    """Return the cluster of this folder, as far as it runs; None where nothing does."""
    settings = home.settings()
    if settings is None or not processes.pids(home.folder):
        return None
    return Cluster(home, settings)


def start(
    home: SparkHome,
    workers: int,
    memory: str,
    configuration: Mapping[str, str] = MappingProxyType({}),
) -> Cluster:
    """Start a cluster where none is whole; to be called with the home held.

    The configuration is Spark's own, of the Thrift Server and its executors. Ports that
    it had before are used again where they are free. Raises Failure where it does not
    start; then nothing of it runs.
    """
    stop(home)
    before = home.settings() or Settings(workers, memory, 0, 0)
    settings = replace(
        before,
        workers=workers,
        memory=memory,
        master_port=_free_port(before.master_port),
        port=_free_port(before.port),
    )
    home.remember(settings)
    cluster = Cluster(home, settings)
    try:
        cluster.start(configuration)
    except BaseException:
        stop(home)
        raise
    return cluster


def stop(home: SparkHome) -> bool:
    """End everything that runs for this folder; False where nothing did."""
    return processes.end(home.folder)


def _listens(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=5).close()
    except OSError:
        return False
    return True


def _free_port(wanted: int) -> int:
    """Return the port wanted where it is free, or another one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise Failure(f"No port is free on {HOST}.")
