"""The product tables: each model in a first build and an ordinary run, and a rival."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.builds import OURS, RUN_AT, build, build_anew
from benchmarks.measures import Measure, Sample, measured
from benchmarks.scratch import execute, execution_seconds, rows, value
from orchestration.core.dbt import compiled_models
from orchestration.core.errors import Failure
from orchestration.core.manifest import models, tables
from orchestration.core.settings import as_vars

MODELS = [name for name in tables() if models()[name]["fqn"][1] == "product"]
_FIRST = {f"first_{name}": f"{name}, in a first build" for name in MODELS}
_HOURLY = {f"hourly_{name}": f"{name}, in an ordinary run" for name in MODELS}
WHAT = {
    **_FIRST,
    **_HOURLY,
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
    """Yield each model's seconds, while others run beside it, and the rival's."""
    connection = bench.connection
    first = [
        build_anew(connection, OURS, **_VARIABLES)
        for _ in range(bench.repeat if bench.wanted & _FIRST.keys() else 1)
    ]
    yield from _by_model(bench, "first", _FIRST, first)
    if bench.wanted & _HOURLY.keys():
        hourly = []
        for _ in range(bench.repeat):
            bench.next_hour(OURS.events)
            hourly.append(build(connection, OURS, **_VARIABLES))
        yield from _by_model(bench, "hourly", _HOURLY, hourly)
    if bench.wanted & {"rolling_sweep", "rolling_distinct"}:
        yield from _rolling(bench)
    # What other groups build is without segments.
    build(connection, OURS)


def _by_model(
    bench: Bench, run: str, keys: dict[str, str], samples: list[Sample]
) -> Iterator[Measure]:
    for name in MODELS:
        key = f"{run}_{name}"
        if key in bench.wanted:
            taken = [sample.models[name] for sample in samples]
            yield measured(key, keys[key], taken)
            bench.report(key, taken[-1].seconds)


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
