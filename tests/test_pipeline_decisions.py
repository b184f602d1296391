"""What runs and checks of the pipeline decide, each decision by itself."""

from datetime import date, datetime
from pathlib import Path

import pytest

from orchestration.core.errors import UserError
from orchestration.definitions import definitions
from orchestration.pipeline.checks.freshness import is_fresh
from orchestration.pipeline.dbt_resource import DBT
from orchestration.pipeline.rebuild import Rebuild, backfill_days, dbt_arguments

NOON, ONE = datetime(2024, 3, 4, 12), datetime(2024, 3, 4, 13)


@pytest.mark.parametrize(
    ("job", "variables"),
    [
        ("hourly_incremental", None),
        ("daily_full_rollup", '{"fast_dau_refresh": "full"}'),
    ],
)
def test_the_jobs_runs_are_of_their_kind(job: str, variables: str | None) -> None:
    run_config = definitions.resolve_job_def(job).run_config or {}
    config = run_config.get("ops", {}).get("rollup", {}).get("config", {})
    arguments = dbt_arguments(Rebuild(**config))

    assert arguments[0] == "build"
    assert arguments[-2:] == (
        ["--vars", variables] if variables else ["--exclude-resource-type", "unit_test"]
    )


def test_a_backfill_may_be_of_one_day_and_its_days_are_the_runs() -> None:
    days = Rebuild(start_date="2024-03-04", end_date="2024-03-04")

    assert backfill_days("2024-03-04", "2024-03-04") == (
        date(2024, 3, 4),
        date(2024, 3, 4),
    )
    assert dbt_arguments(days)[-1] == (
        '{"fast_dau_start_date": "2024-03-04", "fast_dau_end_date": "2024-03-04"}'
    )
    with pytest.raises(UserError, match="full takes every day"):
        dbt_arguments(Rebuild(full=True, start_date="2024-03-04"))


@pytest.mark.parametrize(
    ("due", "counted", "expected"),
    [
        (None, None, True),
        (NOON, None, False),
        (NOON, NOON, True),
        (NOON, ONE, True),
        (ONE, NOON, False),
    ],
)
def test_the_rollup_is_fresh_once_it_counts_the_newest_event_that_is_due(
    due: datetime | None, counted: datetime | None, expected: bool
) -> None:
    assert is_fresh(due, counted) is expected


def test_dbt_is_started_once_for_a_command(tmp_path: Path) -> None:
    starts, program = tmp_path / "starts", tmp_path / "dbt"
    program.write_text(f'#!/bin/sh\necho "$1" >> "{starts}"\n')
    program.chmod(0o755)
    dbt = DBT.model_copy(update={"dbt_executable": str(program)})
    dbt.cli(["list"], target_path=tmp_path).wait()

    assert starts.read_text() == "list\n"
