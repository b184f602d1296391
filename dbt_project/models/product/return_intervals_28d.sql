{{ config(
    unique_key=['activity_date', 'days_since_previous'],
    meta={'influence_days': 28, 'is_made_of_tables': true},
) }}

with days as (

    select * from {{ ref('daily_active_users') }}
    where {{ is_affected_day('activity_date') }}

),

user_days as (

    select
        activity_date,
        (
            activity_date
            - lag(activity_date) over (partition by user_id order by activity_date)
        )::int as days_since_previous
    from {{ ref('user_day_activity') }}
    where {{ is_affected_day('activity_date', days_before=28) }}

),

-- A day that was read to look back on may itself lack the days before it: it is not
-- among `days`.
counted_days as (

    select
        activity_date,
        days_since_previous,
        count(*) as users_count
    from user_days
    where days_since_previous <= 28
    group by activity_date, days_since_previous

)

select
    days.activity_date,
    numbers.days_since_previous::smallint as days_since_previous,
    coalesce(counted_days.users_count, 0) as users_count,
    days.is_complete
from days
cross join {{ whole_numbers(1, 28) }} as numbers (days_since_previous)
left join counted_days
    on
        days.activity_date = counted_days.activity_date
        and numbers.days_since_previous = counted_days.days_since_previous
