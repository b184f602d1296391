-- Refreshed days whose counts are not those of the list of returning users, or whose
-- DAU is not that of daily_active_users.
with returning_days as (

    select
        activity_date,
        count(*) as users_count,
        sum(bit_count(active_days_mask::int::bit(7))) as days_count
    from {{ ref('returning_users') }}
    where activity_date in (select activity_date from {{ ref('refresh_days') }})
    group by activity_date

)

select
    refresh_days.activity_date,
    daily_retention.returning_users,
    returning_days.users_count
from {{ ref('refresh_days') }} as refresh_days
left join {{ ref('daily_retention') }} as daily_retention
    on refresh_days.activity_date = daily_retention.activity_date
left join {{ ref('daily_active_users') }} as daily_active_users
    on refresh_days.activity_date = daily_active_users.activity_date
left join returning_days
    on refresh_days.activity_date = returning_days.activity_date
where
    daily_retention.dau is distinct from daily_active_users.dau
    or daily_retention.returning_users
    is distinct from coalesce(returning_days.users_count, 0)
    or {% for n in range(1, 8) %}daily_retention.returning_d{{ n }}{{ " + " if not loop.last }}
    {%- endfor %} is distinct from coalesce(returning_days.days_count, 0)
