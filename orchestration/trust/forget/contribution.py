"""What a user adds to the published counts of each day, kept without saying who."""

from psycopg2 import sql

from orchestration.core.statements import Names
from orchestration.trust.forget.ids import is_user
from orchestration.trust.forget.owners import Owner

# By column of `erased_counts`: of a user who was active n days before.
_COUNTS = {
    "dau": "count(*) filter (where n = 0)",
    "events_count": "coalesce(sum(events_count) filter (where n = 0), 0)",
    "returning_users": "(bool_or(n = 0) and bool_or(n between 1 and 7))::int",
    **{
        f"returning_d{lag}": f"(bool_or(n = 0) and bool_or(n = {lag}))::int"
        for lag in range(1, 8)
    },
    "wau_7d": "bool_or(n < 7)::int",
    "mau_28d": "1",
    "new_users": "bool_or(activity_date = first_date and n = 0)::int",
    "dormant_users": "bool_or(activity_date = last_date and n between 1 and 7)::int",
}

_KEEP = """
insert into {erased_counts} as erased (activity_date, {columns})
select activity_date + n, {counts}
from (
    select
        activity_date,
        events_count,
        min(activity_date) over () as first_date,
        max(activity_date) over () as last_date
    from {user_day_activity}
    where {is_user}
) as active_days
cross join generate_series(0, 27) as n
group by activity_date + n
on conflict (activity_date) do update set {sums}
"""


def keep_counts(rollup: Owner, names: Names, user_id: int | str, kind: str) -> None:
    """Add what the user counts for, and nothing of who it is, to erased_counts.

    Also of days still to come, which will look back on days of the user. `kind`: the
    type of ids.
    """
    parts = {
        "columns": ", ".join(_COUNTS),
        "counts": ", ".join(_COUNTS.values()),
        "sums": ", ".join(
            f"{name} = erased.{name} + excluded.{name}" for name in _COUNTS
        ),
    }
    texts = {name: sql.SQL(text) for name, text in parts.items()}
    rollup.changed(_KEEP, user_id, is_user=is_user(kind), **names, **texts)
