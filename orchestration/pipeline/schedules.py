"""When the jobs start: hourly and nightly runs, each on a clock of its own."""

import dagster as dg

from orchestration.core.settings import dbt_vars
from orchestration.pipeline.jobs import DAILY, HOURLY, PRUNE

# Every state of a run that has not ended.
ACTIVE = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


# In UTC, where every hour comes once: also on the days when clocks change.
@dg.schedule(
    job=HOURLY,
    cron_schedule="10 * * * *",
    execution_timezone="UTC",
    description="Start an ordinary run at ten past each hour, unless another is active "
    "or queued: what that one leaves, the next tick takes.",
)
def hourly_incremental_schedule(
    context: dg.ScheduleEvaluationContext,
) -> dg.RunRequest | dg.SkipReason:
    """Start an ordinary run, which makes good all hours since the last one, or skip."""
    for run in context.instance.get_runs(filters=dg.RunsFilter(statuses=list(ACTIVE))):
        if run.job_name != PRUNE.name:
            state = run.status.value.lower()
            return dg.SkipReason(
                f"The run {run.run_id[:8]} of {run.job_name} is {state}: "
                "the next tick does what is left."
            )
    return dg.RunRequest()


def daily_schedule(time_zone: str) -> dg.ScheduleDefinition:
    """Return the schedule that starts a full run at 01:30 in the reporting time zone.

    There, so that the day before is over, whatever the zone. It never skips: where
    another run is active, the run waits in the queue for its turn.
    """
    return dg.ScheduleDefinition(
        name="daily_full_rollup_schedule",
        job=DAILY,
        cron_schedule="30 1 * * *",
        execution_timezone=time_zone,
        description=f"Start a full run at 01:30 in {time_zone}, the reporting zone.",
    )


TIME_ZONE = dbt_vars()["time_zone"]
SCHEDULES = (
    hourly_incremental_schedule,
    daily_schedule(TIME_ZONE),
    # It removes what old runs have left, and is on by default.
    dg.ScheduleDefinition(
        name="prune_schedule",
        job=PRUNE,
        cron_schedule="45 4 * * *",
        execution_timezone=TIME_ZONE,
        description=f"Remove what old runs have left, at 04:45 in {TIME_ZONE}.",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    ),
)
