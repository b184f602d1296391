"""Keeps the plans of all query patterns as text, at three sizes of history.

Makes its own database, as benchmarks.run does. Of 10 and 100 million events a day has
as many, and history is ten times as long: pages read are to be about the same.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.builds import OURS, RUN_AT, build, build_anew
from benchmarks.scratch import execute, fill, scratch_database
from orchestration.core.connection import Connection
from orchestration.core.dbt import compiled_models
from orchestration.core.settings import as_vars
from orchestration.trust.explain.context import Context, models_explained
from orchestration.trust.explain.patterns import Pattern, pattern_names, read_pattern

FOLDER = Path(__file__).parent / "plans"


@dataclass(frozen=True)
class Size:
    """How many events, of how many days and users."""

    events: int
    days: int
    users: int


SIZES = {
    "1M": Size(1_000_000, 100, 4_000),
    "10M": Size(10_000_000, 200, 40_000),
    "100M": Size(100_000_000, 2_000, 40_000),
}


def main(
    only: Annotated[str, typer.Option(help="Sizes, with commas.")] = ",".join(SIZES),
) -> None:
    """Write the plans of all patterns anew."""
    with scratch_database() as connection:
        for name in only.split(","):
            size = SIZES[name]
            execute(connection, f"drop table if exists {OURS.events}")
            fill(connection, size.events, days=size.days, users=size.users)
            build_anew(connection, OURS)
            build(connection, OURS)
            shutil.rmtree(FOLDER / name, ignore_errors=True)
            write_plans(connection, FOLDER / name)


def write_plans(connection: Connection, folder: Path) -> None:
    """Write a file for each pattern, run with its sample values."""
    models = compiled_models(
        models_explained(), json.dumps(as_vars({"run_at": RUN_AT})), os.environ
    )
    context = Context(connection, models)
    names = context.names()
    for name in pattern_names():
        pattern = read_pattern(name, names)
        path = folder / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(connection, pattern, context))


def _text(connection: Connection, pattern: Pattern, context: Context) -> str:
    options = "analyze, buffers, costs off, timing off, summary off"
    with connection.cursor() as cursor:
        cursor.execute(f"explain ({options}) {pattern.query}", context.values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    return f"{pattern.asks}\nRun by {pattern.by}.\n\n{plan}\n"


if __name__ == "__main__":
    typer.run(main)
