"""Runs a program to its end, and says how long it took and how much memory."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from orchestration.errors import Failure

# Linux counts in kilobytes, macOS in bytes.
_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Child:
    """Wall-clock seconds, the most resident memory, and the standard output."""

    seconds: float
    peak_bytes: int
    output: str


def run_child(
    arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> Child:
    """Run a program. Raises Failure with the end of its output where it fails."""
    with tempfile.TemporaryFile("w+") as output:
        began = perf_counter()
        process = subprocess.Popen(
            arguments, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        # Not `wait`, which does not tell the memory of one child.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode:
        last = " ".join(text.split())[-500:]
        raise Failure(f"`{' '.join(arguments[:4])}` failed: {last}")
    return Child(seconds, usage.ru_maxrss * _MAXRSS_BYTES, text)
