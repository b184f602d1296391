"""`dbt build` from the shell, from start to end, and where its time goes."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import median

from benchmarks.bench import Bench
from benchmarks.builds import OURS, RUN_AT, build
from benchmarks.children import Child, run_child
from benchmarks.measures import Measure, Sample, measured

WHAT = {
    "wall_hourly_cold": "`dbt build` from the shell, one new hour, not parsed before",
    "wall_hourly": "the same, parsed before",
}
_DBT = str(Path(sys.executable).parent / "dbt")


def measure(bench: Bench) -> Iterator[Measure]:
    """Yield both: in each turn a cold run, then a warm one, each of a new hour."""
    build(bench.connection, OURS)
    splits: dict[str, list[dict[str, float]]] = {key: [] for key in WHAT}
    with tempfile.TemporaryDirectory(prefix="fast-dau-") as name:
        folder = Path(name)
        run_dbt(["parse"], folder, run_at=RUN_AT)

        def run(key: str) -> Sample:
            bench.next_hour(OURS.events)
            if key == "wall_hourly_cold":
                (folder / "partial_parse.msgpack").unlink(missing_ok=True)
            child = run_dbt(
                ["build", "--exclude-resource-type", "unit_test"], folder, run_at=RUN_AT
            )
            splits[key].append(_split(child.seconds, folder))
            return Sample(child.seconds)

        taken = bench.alternate(
            {
                "wall_hourly_cold": lambda: run("wall_hourly_cold"),
                "wall_hourly": lambda: run("wall_hourly"),
            }
        )
    for key, samples in taken.items():
        split = {
            part: median(each[part] for each in splits[key]) for part in splits[key][0]
        }
        note = ", ".join(f"{part} {spent:.1f}" for part, spent in split.items())
        yield measured(key, WHAT[key], samples, note, split_seconds=split)


def run_dbt(arguments: list[str], folder: Path, **variables: str) -> Child:
    """Run dbt on our rollup as a process of its own, its artifacts in the folder."""
    flags = [*OURS.flags(**variables), f"--target-path={folder}"]
    environment = {**os.environ, "FAST_DAU_SCHEMA": OURS.schema}
    return run_child([_DBT, *arguments, *flags, "--log-level-file=none"], environment)


def _split(whole: float, folder: Path) -> dict[str, float]:
    """Return the seconds of each part of a run, as dbt's own results have them."""
    record = json.loads((folder / "run_results.json").read_text())
    times = [
        datetime.fromisoformat(timing[end])
        for result in record["results"]
        if result["unique_id"].startswith("model.")
        for timing in result["timing"]
        for end in ("started_at", "completed_at")
    ]
    began, ended = (
        datetime.fromisoformat(record["metadata"][name])
        for name in ("invocation_started_at", "generated_at")
    )
    parts = {
        "imports": run_child([sys.executable, "-c", "import dbt.cli.main"]).seconds,
        "parse": (ended - began).total_seconds() - record["elapsed_time"],
        # Tests of one model run while the next are built.
        "models": (max(times) - min(times)).total_seconds(),
    }
    return {**parts, "rest": whole - sum(parts.values())}
