"""Dagster with dbt's target `spark`, in a process of its own.

The definitions are of the target that the environment names when they are imported:
`python -m tests.pipeline_on_spark FILE JOB` writes what they are, and how a run of a
job ended, as JSON.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from orchestration.core.connection import libpq_variables
from orchestration.core.settings import ROOT


class Dagster:
    """Dagster on one Spark; what dbt has parsed for it is kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self._result = folder / "result.json"
        self._variables = {
            "DBT_TARGET": "spark",
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        }
        self.output = ""

    def ask(self, job: str, **variables: str) -> dict[str, Any]:
        """Return what a run of a job found, by these variables and no Postgres."""
        kept = {
            k: v for k, v in os.environ.items() if k not in libpq_variables(os.environ)
        }
        done = subprocess.run(
            [sys.executable, "-m", __name__, self._result, job],
            cwd=ROOT,
            env={**kept, **self._variables, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.output = done.stdout
        assert done.returncode == 0, done.stdout
        found: dict[str, Any] = json.loads(self._result.read_text())
        return found


def _described() -> dict[str, Any]:
    from orchestration.definitions import definitions  # noqa: PLC0415

    graph = definitions.resolve_asset_graph()
    jobs = [job for job in definitions.resolve_all_job_defs() if job.name[0] != "_"]
    return {
        "assets": {
            key.to_user_string(): sorted(graph.get(key).kinds)
            for key in graph.get_all_asset_keys()
        },
        "jobs": {
            job.name: [
                f"{key.asset_key.to_user_string()}.{key.name}"
                for key in job.asset_layer.asset_graph.asset_check_keys
            ]
            for job in jobs
        },
        "pools": {
            job.name: [pool for node in job.nodes for pool in node.definition.pools]
            for job in jobs
        },
        "schedules": [schedule.name for schedule in definitions.schedules or ()],
    }


def _made(job: str) -> dict[str, Any]:
    import dagster as dg  # noqa: PLC0415

    from orchestration.definitions import definitions  # noqa: PLC0415
    from tests.pipeline_runs import evaluations, failures, metadata  # noqa: PLC0415

    with dg.instance_for_test() as instance:
        result = definitions.resolve_job_def(job).execute_in_process(
            instance=instance, raise_on_error=False
        )
        return {
            "success": result.success,
            "metadata": {
                asset: {name: _as_json(value) for name, value in said.items()}
                for asset, said in metadata(result).items()
            },
            "failed_checks": [
                f"{asset}.{name}"
                for (asset, name), check in evaluations(result).items()
                if not check.passed
            ],
            "checks": [f"{asset}.{name}" for asset, name in evaluations(result)],
            "failures": list(failures(result)),
            "logs": repr(instance.all_logs(result.run_id)),
        }


def _as_json(value: object) -> object:
    return value if isinstance(value, str | int | float) else repr(value)


if __name__ == "__main__":
    file, job = sys.argv[1:]
    Path(file).write_text(json.dumps({"defined": _described(), **_made(job)}))
