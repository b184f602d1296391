"""Where history begins once a user is erased whose events were its first."""

from psycopg2 import sql

from orchestration.forget.owners import Owner
from orchestration.forget.statements import Names, identifier
from orchestration.settings import TableName

# The first day of history, or the first one there is where days are kept that hold
# more than the events do. Null: history is empty. A day that lists users whose events
# were deleted since the last run is left for the next one, which looks for such days.
_FIRST_DAY = """
select
    case
        when state.kept_from > published.first_date then published.first_date
        else least(
            (
                select
                    min(performed_at)
                    at time zone 'UTC' at time zone state.time_zone
                from {events}
                where
                    user_id is not null
                    -- A day wider than any zone is from UTC, so that the index serves.
                    and performed_at >= state.events_start_date - 2
                    and performed_at < published.last_date + 2
                    -- Kept between the two in whatever order they are looked at: a
                    -- time at the edge of the type has none in the zone.
                    and least(
                        greatest(performed_at, state.events_start_date - 2),
                        published.last_date + 2
                    ) at time zone 'UTC' at time zone state.time_zone
                    >= state.events_start_date
            )::date,
            (
                select min(activity_date) from {erased_counts}
                where dau > 0 and activity_date >= state.events_start_date
            ),
            (select min(activity_date) from {user_day_activity})
        )
    end::text
from {rollup_state} as state
cross join (
    select min(activity_date) as first_date, max(activity_date) as last_date
    from {daily_active_users}
) as published
"""

_DROP_DAYS = "delete from {table} where {day} < coalesce(%s::date, 'infinity')"

_DAY_COLUMNS = {
    "daily_active_users": "activity_date",
    "daily_retention": "activity_date",
    "daily_revisions": "activity_date",
    "rolling_active_users": "activity_date",
    "growth_accounting": "activity_date",
    "activity_frequency_28d": "activity_date",
    "cohort_retention": "cohort_date",
    "daily_active_users_by_course": "activity_date",
    "daily_active_users_by_segment": "activity_date",
}

_NOTE_DAYS_GONE = """
update {refresh_days} set reason = 'gone'
where activity_date < coalesce(%s::date, 'infinity') and reason <> 'gone'
"""

_LOOKBACK_COMPLETE = """
update {daily_retention}
set lookback_complete = not lookback_complete
from (select min(activity_date) as first_date from {daily_active_users}) as history
where lookback_complete is distinct from (activity_date - 7 >= history.first_date)
"""


def drop_days_before_history(rollup: Owner, names: Names, events: TableName) -> None:
    """Drop the days before the first event that is left, as the next run would.

    Not where history reaches back to days whose events were purged: which of them were
    before all others' events is not known.
    """
    (first_day,) = rollup.answers(_FIRST_DAY, events=identifier(events), **names)
    for table in _DAY_COLUMNS.keys() & names.keys():
        day = sql.Identifier(_DAY_COLUMNS[table])
        rollup.changed(_DROP_DAYS, first_day, table=names[table], day=day)
    rollup.changed(_NOTE_DAYS_GONE, first_day, **names)
    rollup.changed(_LOOKBACK_COMPLETE, **names)
