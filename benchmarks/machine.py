"""On what a benchmark was run: figures mean nothing without it."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.scratch import value
from orchestration.core.connection import Connection


@dataclass(frozen=True)
class Machine:
    """The model and number of its CPUs, its GB of memory, the server's version."""

    cpu: str
    cpus: int | None
    memory_gb: int
    postgres: str

    def __str__(self) -> str:
        """Return it in a line."""
        return (
            f"PostgreSQL {self.postgres} on {self.cpus} CPUs ({self.cpu}) with "
            f"{self.memory_gb} GB of memory"
        )


def machine(connection: Connection) -> Machine:
    """Return this machine, and the server of the connection."""
    return Machine(
        cpu=_cpu_model(),
        cpus=os.cpu_count(),
        memory_gb=round(psutil.virtual_memory().total / 1e9),
        postgres=value(connection, "show server_version").split()[0],
    )


def _cpu_model() -> str:
    """Return what Linux calls the CPU, or elsewhere what Python does."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    models = (line.partition(":")[2] for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or platform.machine()).strip()
