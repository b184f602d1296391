"""The counts that an erased user leaves: recounted without them, or kept as published.

Both need what is read before the user's rows are deleted: the days, or what they add.
"""

from collections.abc import Sequence
from datetime import date

from psycopg2 import sql

from orchestration.forget.contribution import CONTRIBUTION
from orchestration.forget.owners import Owner
from orchestration.forget.statements import Names

_DAYS = """
select activity_date from {user_day_activity} where user_id = %s
union
select activity_date from {returning_users} where user_id = %s
order by 1
"""

_KEEP = """
insert into {erased_counts} as erased (activity_date, {columns})
select activity_date, {columns} from {contribution}
on conflict (activity_date) do update set {sums}
"""

_KEPT = (
    "dau",
    "events_count",
    "returning_users",
    *(f"returning_d{n}" for n in range(1, 8)),
    "wau_7d",
    "mau_28d",
    "new_users",
    "dormant_users",
)

_RECOUNT_ACTIVE_USERS = """
update {daily_active_users} as published
set dau = counted.dau, events_count = counted.events_count
from (
    select
        days.activity_date,
        count(active.user_id) + coalesce(min(erased.dau), 0) as dau,
        coalesce(sum(active.events_count)::bigint, 0)
        + coalesce(min(erased.events_count), 0) as events_count
    from unnest(%s::date[]) as days (activity_date)
    left join {user_day_activity} as active
        on days.activity_date = active.activity_date
    left join {erased_counts} as erased
        on days.activity_date = erased.activity_date
    group by days.activity_date
) as counted
where published.activity_date = counted.activity_date
"""

_RECOUNT_RETENTION = """
update {daily_retention} as published
set
    dau = counted.dau,
    retention_rate
    = counted.returning_users / nullif(counted.dau, 0)::double precision,
    returning_users = counted.returning_users,
    {assignments}
from (
    select
        days.activity_date,
        days.dau,
        count(returned.user_id) + coalesce(min(erased.returning_users), 0)
            as returning_users,
        {counts}
    from {daily_active_users} as days
    left join {returning_users} as returned
        on days.activity_date = returned.activity_date
    left join {erased_counts} as erased
        on days.activity_date = erased.activity_date
    where days.activity_date = any(%s)
    group by days.activity_date, days.dau
) as counted
where published.activity_date = counted.activity_date
"""

_RECOUNT_REVISIONS = """
update {daily_revisions} as published
set dau = days.dau
from {daily_active_users} as days
where
    published.activity_date = any(%s)
    and published.activity_date = days.activity_date
    and published.dau <> days.dau
"""


def days_of(rollup: Owner, names: Names, user_id: int) -> list[date]:
    """Return the days on which the tables know the user, in order."""
    days = rollup.answers(_DAYS, user_id, user_id, **names)
    return [date.fromisoformat(day) for day in days if day]


def keep_counts(rollup: Owner, names: Names) -> None:
    """Add what the user counts for, and nothing of who it is, to erased_counts.

    Also of days still to come, which will look back on days of the user.
    """
    parts = {
        "columns": sql.SQL(", ".join(_KEPT)),
        "sums": sql.SQL(
            ", ".join(f"{name} = erased.{name} + excluded.{name}" for name in _KEPT)
        ),
        "contribution": CONTRIBUTION,
    }
    rollup.changed(_KEEP, **names, **parts)


def recount(rollup: Owner, names: Names, days: Sequence[date]) -> None:
    """Count these days again from the lists of users, as the models do.

    Also days whose events were purged, which no run would count again.
    """
    parts = {
        "assignments": _each_lag("returning_d{n} = counted.returning_d{n}"),
        "counts": _each_lag(
            "count(*) filter (where returned.active_days_mask & {bit} <> 0)"
            " + coalesce(min(erased.returning_d{n}), 0) as returning_d{n}"
        ),
    }
    rollup.changed(_RECOUNT_ACTIVE_USERS, days, **names)
    rollup.changed(_RECOUNT_RETENTION, days, **names, **parts)
    rollup.changed(_RECOUNT_REVISIONS, days, **names)


def _each_lag(template: str) -> sql.Composable:
    """Return the template for each of the days D-1 to D-7, with commas between."""
    return sql.SQL(", ").join(
        sql.SQL(template.format(n=n, bit=1 << (n - 1))) for n in range(1, 8)
    )
