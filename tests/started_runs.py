"""Runs of dbt on Spark in processes of their own, to be disturbed at a known moment.

`python -m tests.started_runs FILE ARGUMENT …` runs dbt on the parsed project in a file.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import pytest
from dbt.cli.main import dbtRunner

from orchestration.core.settings import ROOT
from tests.rollup import parsed_for
from tests.spark_rollup import SparkRollup


class StartedRun:
    """A run that says what it does."""

    def __init__(self, process: subprocess.Popen[str], output: IO[str]) -> None:
        self._process = process
        self._output = output

    def wait_until_made(self, *tables: str) -> None:
        """Read what the run says until these tables have been made."""
        said = []
        waiting = set(tables)
        for line in self._output:
            said.append(line)
            if "OK created" in line:
                waiting -= {table for table in tables if f"analytics.{table} " in line}
            if not waiting:
                return
        pytest.fail(f"The run ended before {waiting} were made: {''.join(said)}")

    def kill(self) -> None:
        """End it where it is, without a word."""
        self._process.kill()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let it do nothing meanwhile."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def end(self) -> tuple[int, str]:
        """Wait until it has ended; return its exit code and what else it has said."""
        said = self._output.read()
        return self._process.wait(), said


@contextmanager
def started(
    spark: SparkRollup, now: datetime, **variables: Any
) -> Iterator[StartedRun]:
    """Start a run as of `now`, which has ended afterwards."""
    # Parsing it once more takes longer than a third of the models.
    parsed = spark.target.with_suffix(".pickle")
    parsed.write_bytes(pickle.dumps(parsed_for("spark")))
    arguments = spark.arguments(now, "run", **variables)
    arguments[arguments.index("--log-level=error")] = "--log-level=info"
    with subprocess.Popen(
        [sys.executable, "-m", __name__, parsed, *arguments, "--no-use-colors"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout
        yield StartedRun(process, process.stdout)


def _main(file: str, *arguments: str) -> int:
    parsed = pickle.loads(Path(file).read_bytes())  # noqa: S301  # of `started`
    # What is looked up in it is not kept in the file, but is made anew in a copy.
    return not dbtRunner(manifest=parsed.deepcopy()).invoke(list(arguments)).success


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
