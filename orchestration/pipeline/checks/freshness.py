"""The checks that data is new: by the times in it, not by when a run last ended."""

import json
from datetime import UTC, datetime, timedelta

import dagster as dg

from orchestration.pipeline.engine import Reader, rollup_table
from orchestration.pipeline.events_asset import (
    ERROR_AFTER,
    EVENTS,
    WARN_AFTER,
    newest_event,
)
from orchestration.pipeline.run_database import reader_of_instant

NAME = "is_fresh"
# An hour between runs, one that was skipped, and the time that a run takes.
COUNTED_WITHIN = timedelta(hours=2, minutes=30)

_KINDS = "select active_kinds from {state}"
_COUNTED = """
select max(last_event_at) from {activity}
where activity_date = (select max(activity_date) from {activity})
"""


@dg.asset_check(
    asset=EVENTS.key,
    name=NAME,
    description="The newest event that is not of the future happened lately: a warning "
    "after `warn_after`, an error after `error_after` of the dbt source.",
)
def events_are_fresh() -> dg.AssetCheckResult:
    """Compare the time of the newest event with the clock."""
    with reader_of_instant() as reader:
        newest = newest_event(reader)
    is_stale = newest.lag is None or newest.lag > ERROR_AFTER
    return dg.AssetCheckResult(
        passed=newest.lag is not None and newest.lag <= WARN_AFTER,
        severity=dg.AssetCheckSeverity.ERROR
        if is_stale
        else dg.AssetCheckSeverity.WARN,
        metadata=newest.metadata(),
    )


@dg.asset_check(
    asset="user_day_activity",
    name=NAME,
    description="Every event that happened two and a half hours ago, or longer, is old "
    "news to the table: the newest of them is not newer than the newest it counts.",
)
def rollup_is_fresh() -> dg.AssetCheckResult:
    """Compare the newest event that is due with the newest that is counted."""
    with reader_of_instant() as reader:
        times = _newest_times(reader)
    return dg.AssetCheckResult(
        passed=is_fresh(*times.values()),
        metadata={
            name: dg.MetadataValue.timestamp(time.replace(tzinfo=UTC))
            for name, time in times.items()
            if time is not None
        },
    )


def is_fresh(due: datetime | None, counted: datetime | None) -> bool:
    """Tell whether the newest event that must be counted by now, if any, has been."""
    return due is None or (counted is not None and counted >= due)


def _newest_times(reader: Reader) -> dict[str, datetime | None]:
    """Read both, in UTC, by the indexes on time and day where there are indexes."""
    state = rollup_table(reader, "rollup_state")
    [(text,)] = reader.ask(_KINDS.format(state=state)).rows
    kinds = tuple(json.loads(text))
    condition = "user_id is not null"
    if kinds:
        condition += " and kind in %(kinds)s"
    due = newest_event(reader, condition, COUNTED_WITHIN, kinds=kinds).performed_at
    activity = rollup_table(reader, "user_day_activity")
    [(counted,)] = reader.ask(_COUNTED.format(activity=activity)).rows
    return {"newest_event_due": due, "newest_event_counted": counted}
