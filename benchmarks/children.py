"""Runs a program to its end, and says how long it took."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from orchestration.core.errors import Failure


@dataclass(frozen=True)
class Child:
    """Wall-clock seconds, and the output."""

    seconds: float
    output: str


def run_child(
    arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> Child:
    """Run a program. Raises Failure with the end of its output where it fails."""
    began = perf_counter()
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
    return Child(perf_counter() - began, done.stdout)
