"""Runs a program to its end, and says what it took."""

import resource
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from orchestration.core.errors import Failure


@dataclass(frozen=True)
class Child:
    """Wall-clock seconds, seconds of CPU with those of its children, the output."""

    seconds: float
    cpu_seconds: float
    output: str


def run_child(
    arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> Child:
    """Run a program. Raises Failure with the end of its output where it fails."""
    began, cpu_before = perf_counter(), _cpu_seconds()
    done = subprocess.run(
        arguments,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        last = " ".join(done.stdout.split())[-500:]
        raise Failure(f"`{' '.join(arguments[:4])}` failed: {last}")
    spent = perf_counter() - began
    return Child(spent, _cpu_seconds() - cpu_before, done.stdout)


def _cpu_seconds() -> float:
    """Return what all children that have ended have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
