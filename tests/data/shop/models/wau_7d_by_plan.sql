{{ config(
    materialized='replace_days',
    unique_key=['activity_date', 'plan'],
    contract={'enforced': true},
    meta={'influence_days': 6},
    post_hook="{{ fast_dau.ensure_index(unique=true) }}",
) }}

with days as (

    select activity_date
    from {{ ref('daily_active_users') }}
    where {{ fast_dau.is_affected_day('activity_date') }}

),

user_days as (

    select
        user_id,
        activity_date
    from {{ ref('user_day_activity') }}
    where {{ fast_dau.is_affected_day('activity_date', days_before=6) }}

)

select
    days.activity_date,
    users.plan,
    count(distinct users.user_id) as wau_7d
from days
inner join user_days
    on user_days.activity_date between days.activity_date - 6 and days.activity_date
inner join {{ ref('users') }} as users
    on user_days.user_id = users.user_id
group by days.activity_date, users.plan
