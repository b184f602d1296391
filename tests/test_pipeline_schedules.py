"""When runs start: hourly, nightly, over changes of clocks, and one at a time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

# There is no public way to ask when a schedule ticks, nor to queue a run by hand.
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._utils.schedules import schedule_execution_time_iterator

from orchestration.pipeline.schedules import (
    ACTIVE,
    SCHEDULES,
    daily_schedule,
    hourly_incremental_schedule,
)

SPRING, AUTUMN = datetime(2024, 3, 1), datetime(2024, 10, 1)
HALF_PAST_ONE = (1, 30)


@pytest.fixture(scope="module")
def shared_instance() -> Iterator[dg.DagsterInstance]:
    """Yield an instance that has files, as a schedule asks for."""
    with dg.instance_for_test() as instance:
        yield instance


@pytest.fixture
def instance(shared_instance: dg.DagsterInstance) -> dg.DagsterInstance:
    """Return the instance without runs."""
    shared_instance.wipe()
    return shared_instance


def ticks(
    schedule: dg.ScheduleDefinition, start: datetime, count: int
) -> list[datetime]:
    """Return the next ticks of a schedule from a UTC time, in UTC."""
    found = schedule_execution_time_iterator(
        start.replace(tzinfo=UTC).timestamp(),
        schedule.cron_schedule,
        schedule.execution_timezone,
    )
    return [tick.astimezone(UTC) for tick in islice(found, count)]


def why_skipped(
    schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance
) -> str | None:
    """Return why one tick of a schedule starts no run; None: it starts one."""
    with dg.build_schedule_context(
        instance, scheduled_execution_time=datetime(2024, 3, 5, 1, 30, tzinfo=UTC)
    ) as context:
        data = schedule.evaluate_tick(context)
    assert len(data.run_requests or []) == (data.skip_message is None)
    return data.skip_message


def add_run(
    instance: dg.DagsterInstance, job: str, status: dg.DagsterRunStatus
) -> dg.DagsterRun:
    """Add a run of a job in a state, as the web server or a schedule would."""
    location = RegisteredCodeLocationOrigin("fast_dau")
    repository = RemoteRepositoryOrigin(location, "__repository__")
    run = dg.DagsterRun(
        job_name=job, status=status, remote_job_origin=RemoteJobOrigin(repository, job)
    )
    return instance.add_run(run)


@pytest.mark.parametrize("start", [SPRING, AUTUMN])
def test_the_hourly_run_starts_ten_past_every_hour_whatever_clocks_do(
    start: datetime,
) -> None:
    found = ticks(hourly_incremental_schedule, start, 24 * 40)

    assert {later - earlier for earlier, later in pairwise(found)} == {
        timedelta(hours=1)
    }
    assert {moment.minute for moment in found} == {10}


# In London and the Azores there is no 01:30 on one day, in New York there are two on
# another; Lord Howe's clocks change by half an hour.
@pytest.mark.parametrize("start", [SPRING, AUTUMN])
@pytest.mark.parametrize(
    "zone",
    [
        "UTC",
        "Europe/London",
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Atlantic/Azores",
    ],
)
def test_the_nightly_run_starts_once_on_every_local_day_after_the_day_before_is_over(
    zone: str, start: datetime
) -> None:
    found = ticks(daily_schedule(zone), start, 60)

    local = [moment.astimezone(ZoneInfo(zone)) for moment in found]
    days = [moment.date() for moment in local]
    assert days == [days[0] + timedelta(days=n) for n in range(60)]
    off = [moment for moment in local if (moment.hour, moment.minute) != HALF_PAST_ONE]
    # Where the clocks jump over it, as soon as they have.
    assert all((moment.hour, moment.minute) <= (2, 0) for moment in off)
    assert len(off) <= 1


@pytest.mark.parametrize("status", ACTIVE)
@pytest.mark.parametrize("job", ["hourly_incremental", "daily_full_rollup", "backfill"])
def test_the_hourly_tick_skips_and_says_why_while_another_run_has_not_ended(
    instance: dg.DagsterInstance, job: str, status: dg.DagsterRunStatus
) -> None:
    run = add_run(instance, job, status)

    assert why_skipped(hourly_incremental_schedule, instance) == (
        f"The run {run.run_id[:8]} of {job} is {status.value.lower()}: "
        "the next tick does what is left."
    )


def test_the_hourly_tick_starts_a_run_once_the_others_have_ended(
    instance: dg.DagsterInstance,
) -> None:
    for status in set(dg.DagsterRunStatus) - {*ACTIVE, dg.DagsterRunStatus.MANAGED}:
        add_run(instance, "daily_full_rollup", status)
    add_run(instance, "prune", dg.DagsterRunStatus.STARTED)

    assert why_skipped(hourly_incremental_schedule, instance) is None


def test_of_both_ticks_in_one_minute_the_nightly_one_is_never_lost(
    instance: dg.DagsterInstance,
) -> None:
    # Whichever is looked at first, the other finds its run in the queue.
    assert why_skipped(hourly_incremental_schedule, instance) is None
    add_run(instance, "hourly_incremental", dg.DagsterRunStatus.QUEUED)
    assert why_skipped(daily_schedule("UTC"), instance) is None
    add_run(instance, "daily_full_rollup", dg.DagsterRunStatus.QUEUED)
    assert why_skipped(hourly_incremental_schedule, instance)


def test_schedules_wait_to_be_turned_on_but_for_the_one_that_tidies_up() -> None:
    running = {
        schedule.name
        for schedule in SCHEDULES
        if schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    }

    assert {schedule.name for schedule in SCHEDULES} == {
        "hourly_incremental_schedule",
        "daily_full_rollup_schedule",
        "prune_schedule",
    }
    assert running == {"prune_schedule"}
