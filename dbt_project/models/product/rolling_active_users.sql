{{ config(
    unique_key='activity_date',
    meta={'influence_days': 27, 'is_made_of_tables': true},
) }}

with days as (

    select * from {{ ref('daily_active_users') }}
    where {{ is_affected_day('activity_date') }}

),

user_days as (

    select
        activity_date,
        (
            lead(activity_date) over (partition by user_id order by activity_date)
            - activity_date
        )::int as days_until_next
    from {{ ref('user_day_activity') }}
    where {{ is_affected_day('activity_date', days_before=27) }}

),

-- An active day makes a user count until the next one, or the window's end, whichever
-- comes first; of a user who is never seen again it is the window's.
stays as (

    select
        activity_date,
        least(days_until_next, 28) as days_long,
        count(*) as users_count
    from user_days
    group by activity_date, least(days_until_next, 28)

),

steps as (

    select
        stays.activity_date + least(stays.days_long, turns.day_number) as activity_date,
        stays.users_count * turns.wau_change as wau_step,
        stays.users_count * turns.mau_change as mau_step
    from stays
    cross join (
        values (0, 1, 1), (7, -1, 0), (28, 0, -1)
    ) as turns (day_number, wau_change, mau_change)
    union all
    select
        activity_date,
        0 as wau_step,
        0 as mau_step
    from days

),

sums as (

    select
        activity_date,
        (sum(sum(wau_step)) over by_day)::bigint as wau_7d,
        (sum(sum(mau_step)) over by_day)::bigint as mau_28d
    from steps
    group by activity_date
    window by_day as (order by activity_date)

),

rolling_days as (

    select
        days.activity_date,
        days.dau,
        sums.wau_7d + coalesce(erased_counts.wau_7d, 0) as wau_7d,
        sums.mau_28d + coalesce(erased_counts.mau_28d, 0) as mau_28d,
        days.is_complete
    from days
    inner join sums
        on days.activity_date = sums.activity_date
    left join {{ ref('erased_counts').render() }} as erased_counts
        on days.activity_date = erased_counts.activity_date

)

select
    activity_date,
    dau,
    wau_7d,
    mau_28d,
    {{ ratio('dau', 'mau_28d') }} as dau_mau_ratio,
    is_complete
from rolling_days
