"""Removal of what old runs leave behind: folders of dbt, events and logs of Dagster."""

import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
from pydantic import Field

from orchestration.pipeline.assets import rollup
from orchestration.pipeline.project import PROJECT

_ENDED = (
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
)
_RUNS_AT_A_TIME = 100
_SECONDS_A_DAY = 86_400


class Prune(dg.Config):
    """How long it is kept: the folder of a run, which has dbt's log, and the run.

    A day at least is longer than a run takes, which writes to its folder to the end.
    """

    folder_days: int = Field(default=7, ge=1)
    run_days: int = 90


@dg.op
def remove_leftovers(context: dg.OpExecutionContext, config: Prune) -> None:
    """Remove folders and runs that are old enough, and say how many."""
    folders = remove_folders(PROJECT.manifest_path.parent, config.folder_days)
    runs = remove_runs(context.instance, config.run_days)
    context.add_output_metadata({"folders_removed": folders, "runs_removed": runs})


def remove_folders(target: Path, days: int) -> int:
    """Remove the folders that dbt runs under Dagster left so many days ago."""
    old = [
        folder
        for folder in target.glob(f"{rollup.op.name}-*")
        if folder.stat().st_mtime < time.time() - days * _SECONDS_A_DAY
    ]
    for folder in old:
        shutil.rmtree(folder)
    return len(old)


def remove_runs(instance: dg.DagsterInstance, days: int) -> int:
    """Remove runs that began so many days ago and have ended, with events and logs.

    What an asset says of itself stays: the time and metadata of its last run.
    """
    old = dg.RunsFilter(
        statuses=list(_ENDED),
        created_before=datetime.now(UTC) - timedelta(days=days),
    )
    number = 0
    while runs := instance.get_runs(filters=old, limit=_RUNS_AT_A_TIME):
        for run in runs:
            instance.compute_log_manager.delete_logs(prefix=[run.run_id])
            instance.delete_run(run.run_id)
        number += len(runs)
    return number


@dg.job(
    description="Remove what old runs have left: dbt's folders, and Dagster's runs."
)
def prune() -> None:
    """Keep disk and Dagster's storage from growing for ever."""
    remove_leftovers()
