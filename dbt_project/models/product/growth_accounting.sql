{{ config(
    unique_key='activity_date',
    meta={'influence_days': 7, 'moves_with': ['first', 'last'], 'is_made_of_tables': true},
) }}

with days as (

    select * from {{ ref('daily_active_users') }}
    where {{ is_affected_day('activity_date') }}

),

arrivals as (

    select
        first_activity_date as activity_date,
        count(*) as new_users
    from {{ ref('user_lifetimes') }}
    where {{ is_affected_day('first_activity_date') }}
    group by first_activity_date

),

departures as (

    select
        last_activity_date,
        count(*) as users_count
    from {{ ref('user_lifetimes') }}
    where {{ is_affected_day('last_activity_date', days_before=7) }}
    group by last_activity_date

),

dormant_days as (

    select
        days.activity_date,
        sum(departures.users_count)::bigint as dormant_users
    from days
    inner join departures
        on
            days.activity_date - 7 <= departures.last_activity_date
            and days.activity_date > departures.last_activity_date
    group by days.activity_date

),

counted_days as (

    select
        days.activity_date,
        days.dau,
        coalesce(arrivals.new_users, 0)
        + coalesce(erased_counts.new_users, 0) as new_users,
        daily_retention.returning_users as retained_users,
        coalesce(dormant_days.dormant_users, 0)
        + coalesce(erased_counts.dormant_users, 0) as dormant_users,
        days.is_complete
    from days
    inner join {{ ref('daily_retention').render() }} as daily_retention
        on days.activity_date = daily_retention.activity_date
    left join arrivals
        on days.activity_date = arrivals.activity_date
    left join dormant_days
        on days.activity_date = dormant_days.activity_date
    left join {{ ref('erased_counts').render() }} as erased_counts
        on days.activity_date = erased_counts.activity_date

)

-- Whoever is neither new nor retained has been there before, and not in the last week.
select
    activity_date,
    dau,
    new_users,
    retained_users,
    dau - new_users - retained_users as resurrected_users,
    dormant_users,
    is_complete
from counted_days
