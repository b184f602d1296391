"""`dbt build` from the shell, from start to end, and where its time goes."""

import json
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import median

from benchmarks.bench import Bench
from benchmarks.builds import OURS, RUN_AT, build
from benchmarks.children import run_child
from benchmarks.measures import Measure, Sample, measured
from benchmarks.shell import BUILD, PARSE, run_dbt

WHAT = {"wall_hourly": "`dbt build` from the shell, one new hour, parsed before"}


def measure(bench: Bench) -> Iterator[Measure]:
    """Yield the measure, with the medians of its parts."""
    build(bench.connection, OURS)
    splits: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="fast-dau-") as name:
        folder = Path(name)
        run_dbt(PARSE, folder, run_at=RUN_AT)

        def run() -> Sample:
            bench.next_hour(OURS.events)
            child = run_dbt(BUILD, folder, run_at=RUN_AT)
            splits.append(_split(child.seconds, folder))
            return Sample(child.seconds)

        taken = bench.alternate({"wall_hourly": run})
    split = {part: median(each[part] for each in splits) for part in splits[0]}
    note = ", ".join(f"{part} {spent:.1f}" for part, spent in split.items())
    for key, samples in taken.items():
        yield measured(key, WHAT[key], samples, note, split_seconds=split)


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
