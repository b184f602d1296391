{{ config(
    unique_key=['activity_date', 'active_days'],
    meta={'influence_days': 27},
    post_hook="{{ ensure_index(['activity_date', 'active_days'], unique=true) }}",
) }}

-- depends_on: {{ ref('refresh_days') }}

with days as (

    select * from {{ ref('daily_active_users') }}
    where {{ is_affected_day('activity_date') }}

),

user_days as (

    select
        user_id,
        activity_date
    from {{ ref('user_day_activity') }}
    where {{ is_affected_day('activity_date', days_before=27) }}

),

-- An active day counts from itself until it leaves the window of 28 days.
turns as (

    select
        user_id,
        activity_date,
        1 as step
    from user_days
    union all
    select
        user_id,
        activity_date + 28 as activity_date,
        -1 as step
    from user_days

),

-- Between two turns of a user the number of active days in the window stays the same.
levels as (

    select
        activity_date,
        sum(step) over user_history as active_days,
        lead(activity_date) over user_history as next_date
    from turns
    window user_history as (partition by user_id order by activity_date)

),

steps as (

    select
        activity_date,
        active_days,
        count(*) as step
    from levels
    where active_days > 0
    group by activity_date, active_days
    union all
    select
        next_date as activity_date,
        active_days,
        -count(*) as step
    from levels
    where active_days > 0
    group by next_date, active_days
    union all
    select
        days.activity_date,
        active_days,
        0 as step
    from days
    cross join generate_series(1, 28) as active_days

),

sums as (

    select
        activity_date,
        active_days,
        (
            sum(sum(step)) over (partition by active_days order by activity_date)
        )::bigint as users_count
    from steps
    group by activity_date, active_days

)

select
    days.activity_date,
    sums.active_days::smallint as active_days,
    sums.users_count,
    days.is_complete
from days
inner join sums
    on days.activity_date = sums.activity_date
