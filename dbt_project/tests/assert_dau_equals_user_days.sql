-- Refreshed days on which DAU, or its events, are not those of the user-days.
with user_days as (

    select
        activity_date,
        count(*) as users_count,
        sum(events_count) as events_count
    from {{ ref('user_day_activity') }}
    where activity_date in (select activity_date from {{ ref('refresh_days') }})
    group by activity_date

)

select
    refresh_days.activity_date,
    daily_active_users.dau,
    user_days.users_count
from {{ ref('refresh_days') }} as refresh_days
left join {{ ref('daily_active_users') }} as daily_active_users
    on refresh_days.activity_date = daily_active_users.activity_date
left join user_days
    on refresh_days.activity_date = user_days.activity_date
where
    daily_active_users.dau is distinct from coalesce(user_days.users_count, 0)
    or daily_active_users.events_count is distinct from coalesce(user_days.events_count, 0)
