"""What a user adds to the counts of each day, noted before their rows are deleted."""

from psycopg2 import sql

from orchestration.forget.owners import Owner
from orchestration.forget.statements import Names

CONTRIBUTION = sql.Identifier("pg_temp", "contribution")

# One row a day up to the 28th after the last: the user was active n days before it.
_NOTE = """
create temporary table contribution on commit drop as
select
    activity_date + n as activity_date,
    count(*) filter (where n = 0) as dau,
    coalesce(sum(events_count) filter (where n = 0), 0)::bigint as events_count,
    (bool_or(n = 0) and bool_or(n between 1 and 7))::int as returning_users,
    {returning_users_by_lag},
    bool_or(n < 7)::int as wau_7d,
    1 as mau_28d,
    bool_or(activity_date = first_date and n = 0)::int as new_users,
    bool_or(activity_date = last_date and n between 1 and 7)::int as dormant_users,
    count(*) as active_days
from (
    select
        activity_date,
        events_count,
        min(activity_date) over () as first_date,
        max(activity_date) over () as last_date
    from {user_day_activity}
    where user_id = %s
) as active_days
cross join generate_series(0, 27) as n
group by activity_date + n
"""

# As a run notes them where lifetimes change. Where the last run stopped before it got
# to lifetimes, the list of days is ahead of them.
_NOTE_MOVED_DAYS = """
with active_days as (
    select activity_date from {user_day_activity} where user_id = %s
),

bounds as (
    select first_activity_date as first_date, last_activity_date as last_date
    from {user_lifetimes}
    where user_id = %s
    union
    select min(activity_date), max(activity_date) from active_days
)

insert into {moved_days} (activity_date, bound)
select first_date, 'first' from bounds where first_date is not null
union
select last_date, 'last' from bounds where last_date is not null
on conflict do nothing
"""

# Though a run may have taken the day up before: it counted the user.
_NOTE_PENDING_DAYS = """
insert into {pending_days} (activity_date, reason)
select activity_date, 'erased' from {user_day_activity} where user_id = %s
on conflict (activity_date, reason) do update set refresh_id = null
"""


def note_contribution(rollup: Owner, names: Names, user_id: int) -> None:
    """Note what the user adds to the daily counts, until the transaction ends."""
    by_lag = sql.SQL(", ").join(
        sql.SQL(f"(bool_or(n = 0) and bool_or(n = {n}))::int as returning_d{n}")
        for n in range(1, 8)
    )
    rollup.changed(_NOTE, user_id, returning_users_by_lag=by_lag, **names)


def note_days_to_rebuild(rollup: Owner, names: Names, user_id: int) -> None:
    """Have the next run rebuild the user's days in the tables that follow only then.

    These are the counts by course and by segment, which are made from events.
    """
    if {"moved_days", "user_lifetimes"} <= names.keys():
        rollup.changed(_NOTE_MOVED_DAYS, user_id, user_id, **names)
    rollup.changed(_NOTE_PENDING_DAYS, user_id, **names)
