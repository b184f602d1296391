"""What the job that tidies up removes, and what it leaves."""

import os
import time
from pathlib import Path

import dagster as dg
import pytest
from pydantic import ValidationError

from orchestration.definitions import definitions
from orchestration.pipeline.project import PROJECT
from orchestration.pipeline.prune import Prune, remove_folders, remove_runs

DAY = 86_400


@dg.asset
def some_asset() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"rows": 1})


def folder_of_age(target: Path, name: str, days: float) -> Path:
    """Make a folder, with a file, last changed so many days ago."""
    folder = target / name
    folder.mkdir()
    (folder / "dbt.log").touch()
    then = time.time() - days * DAY
    os.utime(folder, (then, then))
    return folder


def test_folders_of_old_runs_are_removed_and_no_others(tmp_path: Path) -> None:
    old = folder_of_age(tmp_path, "rollup-0a1b2c3-1234567", 8)
    recent = folder_of_age(tmp_path, "rollup-4d5e6f7-1234567", 6)
    other = folder_of_age(tmp_path, "compiled", 100)

    assert remove_folders(tmp_path, 7) == 1
    assert [folder.exists() for folder in (old, recent, other)] == [False, True, True]


def test_old_runs_are_removed_and_what_an_asset_says_of_itself_stays() -> None:
    with dg.instance_for_test() as instance:
        ended = dg.materialize([some_asset], instance=instance)
        active = instance.add_run(
            dg.DagsterRun("hourly_incremental", status=dg.DagsterRunStatus.STARTED)
        )
        kept = remove_runs(instance, days=1)
        removed = remove_runs(instance, days=0)

        assert (kept, removed) == (0, 1)
        assert [run.run_id for run in instance.get_runs()] == [active.run_id]
        assert instance.all_logs(ended.run_id) == []
        latest = instance.get_latest_materialization_event(dg.AssetKey("some_asset"))
        assert latest
        assert latest.asset_materialization
        assert latest.asset_materialization.metadata["rows"].value == 1


def test_the_job_says_how_much_it_removed() -> None:
    old = folder_of_age(PROJECT.manifest_path.parent, "rollup-0a1b2c3-1234567", 8)
    with dg.instance_for_test() as instance:
        dg.materialize([some_asset], instance=instance)
        result = definitions.resolve_job_def("prune").execute_in_process(
            instance=instance,
            run_config={"ops": {"remove_leftovers": {"config": {"run_days": 0}}}},
        )

    [output] = result.filter_events(lambda event: event.is_successful_output)
    said = output.step_output_data.metadata
    assert (said["folders_removed"].value, said["runs_removed"].value) == (1, 1)
    assert not old.exists()


def test_the_folder_of_a_run_at_work_is_never_asked_for() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        Prune(folder_days=0)
