"""Dagster's jobs, run in this process for real on a test's rollup."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import dagster as dg

from orchestration.definitions import definitions
from tests.product_oracle import Rows
from tests.rollup import Rollup


class Pipeline:
    """The jobs on one rollup, and an instance of Dagster that remembers the runs."""

    def __init__(self, rollup: Rollup, instance: dg.DagsterInstance) -> None:
        self.rollup = rollup
        self.instance = instance

    def run(self, job: str, **config: Any) -> dg.ExecuteInProcessResult:
        """Run a job to its end, whether it fails or not."""
        return definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance, run_config=config or None, raise_on_error=False
        )

    def run_selected(self, selection: dg.AssetSelection) -> dg.ExecuteInProcessResult:
        """Run what is clicked: assets with their checks, or checks."""
        return job_of(selection).execute_in_process(
            instance=self.instance, raise_on_error=False
        )


def job_of(selection: dg.AssetSelection) -> dg.JobDefinition:
    """Return the job that Dagster makes of a selection."""
    job = dg.define_asset_job("selected", selection)
    every = dg.Definitions.merge(definitions, dg.Definitions(jobs=[job]))
    return every.resolve_job_def(job.name)


def differing_tables(rollup: Rollup) -> dict[str, tuple[Rows, Rows]]:
    """Return the tables that differ from the oracle as of the latest run."""
    [(began,)] = rollup.query("select run_started_at from analytics.rollup_state")
    found = rollup.tables()
    expected = rollup.expected(began.astimezone(UTC).replace(tzinfo=None))
    return {
        name: (found[name], expected[name])
        for name in rollup.table_names
        if found[name] != expected[name]
    }


def metadata(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    """Return what a run says of each asset, by its name."""
    return {
        event.asset_key.to_user_string(): {
            name: value.value for name, value in event.materialization.metadata.items()
        }
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }


def evaluations(
    result: dg.ExecuteInProcessResult,
) -> dict[tuple[str, str], dg.AssetCheckEvaluation]:
    """Return how each check ended, by asset and name."""
    return {
        (check.asset_key.to_user_string(), check.check_name): check
        for check in result.get_asset_check_evaluations()
    }


def failures(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    """Yield why each step failed, in the words that the UI shows."""
    for event in result.all_events:
        if event.is_step_failure and (error := event.step_failure_data.error):
            while error:
                yield error.message
                error = error.cause


def utc_now() -> datetime:
    """Return the time, as events have it: UTC without an offset."""
    return datetime.now(UTC).replace(tzinfo=None)


def days_ago(number: int) -> date:
    """Return the UTC day so many days ago."""
    return utc_now().date() - timedelta(days=number)


def noon(number: int) -> datetime:
    """Return the noon of so many days ago."""
    return datetime.combine(days_ago(number), time(12))
