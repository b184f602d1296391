"""Runs under Dagster's own daemon: they take turns, and a killed one begins again."""

import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from dagster import DagsterInstance, DagsterRunStatus, RunRecord

from tests.dbt_processes import held
from tests.events_tables import fetch
from tests.oracle import Definitions, Event
from tests.pipeline_runs import differing_tables, utc_now
from tests.rollup import Rollup
from tests.ui_processes import UI, started_ui, wait_until

pytestmark = [pytest.mark.prove, pytest.mark.usefixtures("one_day")]


@pytest.fixture
def rollup(rollup_in: Callable[[Definitions], Rollup]) -> Rollup:
    """A rollup of twenty days, built, and an event that no run has seen."""
    opened = rollup_in(Definitions())
    opened.insert(
        Event(user, utc_now() - timedelta(days=user)) for user in range(1, 21)
    )
    opened.build(utc_now())
    opened.insert([Event(99, utc_now() - timedelta(days=1))])
    return opened


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A DAGSTER_HOME with the settings that come with fast-dau, and no patience."""
    settings = yaml.safe_load(
        (files("orchestration.pipeline.instance") / "dagster.yaml").read_text()
    )
    settings["run_monitoring"]["poll_interval_seconds"] = 2
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(settings))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    return tmp_path


def records(instance: DagsterInstance) -> Sequence[RunRecord]:
    """Return the runs in the order in which they were asked for."""
    return instance.get_run_records(ascending=True)


def began(record: RunRecord) -> float:
    """Return when a run began."""
    assert record.start_time
    return record.start_time


def processes_of(instance: DagsterInstance, run_id: str) -> Iterator[int]:
    """Yield the run's process, and those that it has started."""
    for entry in instance.all_logs(run_id):
        if started := re.search(
            r"Started process for run \(pid: (\d+)\)", entry.message
        ):
            pid = int(started[1])
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            yield from (pid, *map(int, children))


def test_two_runs_launched_at_once_work_one_after_the_other(
    rollup: Rollup, home: Path
) -> None:
    with started_ui(os.environ, home) as ui, DagsterInstance.get() as instance:
        ids = [ui.launch("daily_full_rollup"), ui.launch("hourly_incremental")]
        wait_until(lambda: {ui.status(run_id) for run_id in ids} == {"SUCCESS"})
        # At 04:45 the daemon starts `prune` by itself.
        launched = [r for r in records(instance) if r.dagster_run.run_id in ids]
        first, second = sorted(launched, key=began)

    assert first.end_time
    assert second.start_time
    assert first.end_time <= second.start_time
    assert differing_tables(rollup) == {}


def test_a_run_that_is_killed_with_its_dbt_begins_again_and_heals(
    rollup: Rollup, home: Path
) -> None:
    with started_ui(os.environ, home) as ui, DagsterInstance.get() as instance:
        with held("returning_users"):
            run_id = ui.launch("hourly_incremental")
            wait_until(lambda: is_writing(rollup, ui, run_id))
            for pid in processes_of(instance, run_id):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: len(records(instance)) == 2)
        wait_until(lambda: records(instance)[-1].dagster_run.is_finished)
        killed, again = (record.dagster_run for record in records(instance))

    assert killed.status is DagsterRunStatus.FAILURE
    assert (again.status, again.parent_run_id) == (DagsterRunStatus.SUCCESS, run_id)
    assert differing_tables(rollup) == {}


def is_writing(rollup: Rollup, ui: UI, run_id: str) -> bool:
    """Tell whether the run is about to write returning_users, which is held."""
    assert ui.status(run_id) != "FAILURE"
    return fetch(
        rollup.connection,
        "select exists (select from pg_locks where not granted"
        " and relation = 'analytics.returning_users'::regclass)",
    ) == [(True,)]
