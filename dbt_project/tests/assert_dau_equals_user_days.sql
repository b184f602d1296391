{{ config(meta={
    "dagster": {"ref": {"name": "daily_active_users", "package": "fast_dau"}}
}) }}

with counted as (

    select
        activity_date,
        count(*) as users_count,
        sum(events_count) as events_count
    from {{ ref('user_day_activity') }}
    where {{ is_refreshed_day('activity_date') }}
    group by activity_date

)

select
    refresh_days.activity_date,
    daily_active_users.dau,
    counted.users_count
from {{ ref('refresh_days').render() }} as refresh_days
left join {{ ref('daily_active_users').render() }} as daily_active_users
    on refresh_days.activity_date = daily_active_users.activity_date
left join counted
    on refresh_days.activity_date = counted.activity_date
left join {{ ref('erased_counts').render() }} as erased_counts
    on refresh_days.activity_date = erased_counts.activity_date
where
    refresh_days.reason <> 'gone'
    and {{ have_latest_days(['user_day_activity', 'daily_active_users']) }}
    and (
        daily_active_users.dau
        is distinct from
        coalesce(counted.users_count, 0) + coalesce(erased_counts.dau, 0)
        or daily_active_users.events_count
        is distinct from
        coalesce(counted.events_count, 0) + coalesce(erased_counts.events_count, 0)
    )
