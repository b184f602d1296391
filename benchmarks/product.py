"""All tables with two segments, by model, and rolling actives beside a rival."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.builds import OURS, RUN_AT, build, build_anew
from benchmarks.measures import Measure, Sample, measured
from benchmarks.scratch import execute, execution_seconds, rows, value
from orchestration.core.dbt import compiled_models
from orchestration.core.errors import Failure
from orchestration.core.settings import as_vars

WHAT = {
    "segments_first": "first build, with two segments",
    "segments_hourly": "ordinary run, one new hour, with two segments",
    "rolling_sweep": "rolling actives of all days: sweep",
    "rolling_distinct": "the same by count(distinct) per day",
}
_SEGMENTS = {"platform": "properties ->> 'platform'", "kind": "kind"}
_VARIABLES: dict[str, Any] = {"segments": _SEGMENTS}
_RIVAL = Path(__file__).parent / "rivals" / "naive_rolling_actives.sql"
_DIFFERENCES = """
select activity_date
from rolling_sweep as ours
full join rolling_distinct as theirs using (activity_date)
where (ours.wau_7d, ours.mau_28d) is distinct from (theirs.wau_7d, theirs.mau_28d)
"""


def measure(bench: Bench) -> Iterator[Measure]:
    """Yield the runs with what their models took, and rolling actives by a rival."""
    connection = bench.connection
    runs = bench.alternate(
        {"segments_first": lambda: build_anew(connection, OURS, **_VARIABLES)}
    )
    if "segments_hourly" in bench.wanted:
        build(connection, OURS, **_VARIABLES)
    runs |= bench.alternate(
        {"segments_hourly": lambda: build(connection, OURS, **_VARIABLES)},
        before_each_turn=lambda: bench.next_hour(OURS.events),
    )
    for key, samples in runs.items():
        yield _by_model(key, samples)
    if bench.wanted & {"rolling_sweep", "rolling_distinct"}:
        yield from _rolling(bench)
    # What other groups build is without segments.
    build(connection, OURS)


def _by_model(key: str, samples: list[Sample]) -> Measure:
    """Return the measure, with the seconds of each model while others run beside it."""
    models = {
        name: median(sample.models[name].seconds for sample in samples)
        for name in samples[0].models
    }
    slowest = sorted(models.items(), key=lambda model: -model[1])
    note = ", ".join(f"{name} {spent:.2f}" for name, spent in slowest)
    return measured(key, WHAT[key], samples, note, model_seconds=models)


def _rolling(bench: Bench) -> Iterator[Measure]:
    connection = bench.connection
    # So that the model's own days are all days.
    build(connection, OURS, refresh="full", **_VARIABLES)
    variables = json.dumps(as_vars({"run_at": RUN_AT, **_VARIABLES}))
    environment = {**os.environ, "FAST_DAU_SCHEMA": OURS.schema}
    model = "rolling_active_users"
    queries = {
        "rolling_sweep": compiled_models([model], variables, environment)[model],
        "rolling_distinct": _RIVAL.read_text().format(schema=OURS.schema),
    }

    def ask(key: str) -> Sample:
        execute(connection, f"drop table if exists {key}")
        return Sample(
            execution_seconds(
                connection, f"create temporary table {key} as {queries[key]}"
            )
        )

    taken = bench.alternate(
        {
            "rolling_sweep": lambda: ask("rolling_sweep"),
            "rolling_distinct": lambda: ask("rolling_distinct"),
        }
    )
    if len(taken) == len(queries) and (different := rows(connection, _DIFFERENCES)):
        raise Failure(
            f"Distinct users counted by day differ from ours on {different[0][0]}."
        )
    user_days = int(
        value(connection, f"select count(*) from {OURS.schema}.user_day_activity")
    )
    for key, samples in taken.items():
        note = f"of {user_days:,} user-days"
        yield measured(key, WHAT[key], samples, note, user_days=user_days)
