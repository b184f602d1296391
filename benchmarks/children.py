"""Runs a program to its end, and says how long it took and how much memory."""

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from benchmarks.memory import watched
from orchestration.core.errors import Failure


@dataclass(frozen=True)
class Child:
    """Wall-clock seconds, the most resident memory (0: not known), and the output."""

    seconds: float
    peak_bytes: int
    output: str


def run_child(
    arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> Child:
    """Run a program. Raises Failure with the end of its output where it fails."""
    with tempfile.TemporaryFile("w+") as output:
        began = perf_counter()
        with (
            subprocess.Popen(
                arguments, env=environment, stdout=output, stderr=subprocess.STDOUT
            ) as process,
            watched(lambda: [process.pid], "VmHWM") as peaks,
        ):
            process.wait()
            seconds = perf_counter() - began
        output.seek(0)
        text = output.read()
    if process.returncode:
        last = " ".join(text.split())[-500:]
        raise Failure(f"`{' '.join(arguments[:4])}` failed: {last}")
    return Child(seconds, max(peaks.values(), default=0), text)
