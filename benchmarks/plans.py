"""Keeps the plans of runs, and of all that read events, at 100 million of these.

Makes its own database, as benchmarks.run does.
"""

import json
import os
import shutil
from pathlib import Path

import typer

from benchmarks.builds import OURS, RUN_AT, build, build_anew
from benchmarks.scratch import fill, scratch_database
from orchestration.core.connection import Connection
from orchestration.core.dbt import compiled_models
from orchestration.core.settings import as_vars
from orchestration.trust.explain.context import Context, models_explained
from orchestration.trust.explain.patterns import Pattern, pattern_names, read_pattern

FOLDER = Path(__file__).parent / "plans"
EVENTS, DAYS, USERS = 100_000_000, 2_000, 40_000


def main() -> None:
    """Write the plans anew."""
    with scratch_database() as connection:
        fill(connection, EVENTS, days=DAYS, users=USERS)
        build_anew(connection, OURS)
        build(connection, OURS)
        shutil.rmtree(FOLDER, ignore_errors=True)
        write_plans(connection, FOLDER)


def write_plans(connection: Connection, folder: Path) -> None:
    """Write a file for each such pattern, run with its sample values."""
    models = compiled_models(
        models_explained(), json.dumps(as_vars({"run_at": RUN_AT})), os.environ
    )
    context = Context(connection, models)
    names = context.names()
    for name in pattern_names():
        pattern = read_pattern(name, names)
        if "events" not in pattern.reads and not name.startswith("runs/"):
            continue
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
