{{ config(meta={
    "dagster": {"ref": {"name": "growth_accounting", "package": "fast_dau"}}
}) }}

with frequency_days as (

    select
        activity_date,
        sum(users_count) as users_count
    from {{ ref('activity_frequency_28d') }}
    where {{ is_refreshed_day('activity_date') }}
    group by activity_date

)

select
    refresh_days.activity_date,
    daily_active_users.dau,
    rolling.mau_28d,
    frequency_days.users_count,
    growth.new_users,
    cohorts.cohort_size
from {{ ref('refresh_days').render() }} as refresh_days
left join {{ ref('daily_active_users').render() }} as daily_active_users
    on refresh_days.activity_date = daily_active_users.activity_date
left join {{ ref('erased_counts').render() }} as erased_counts
    on refresh_days.activity_date = erased_counts.activity_date
left join {{ ref('rolling_active_users').render() }} as rolling
    on refresh_days.activity_date = rolling.activity_date
left join {{ ref('growth_accounting').render() }} as growth
    on refresh_days.activity_date = growth.activity_date
left join frequency_days
    on refresh_days.activity_date = frequency_days.activity_date
left join {{ ref('cohort_retention').render() }} as cohorts
    on
        refresh_days.activity_date = cohorts.cohort_date
        and cohorts.day_number = 0
where
    refresh_days.reason <> 'gone'
    and {{ have_latest_days([
        'daily_active_users', 'rolling_active_users', 'growth_accounting',
        'activity_frequency_28d', 'cohort_retention'
    ]) }}
    and (
        rolling.dau is distinct from daily_active_users.dau
        or growth.dau is distinct from daily_active_users.dau
        or frequency_days.users_count + coalesce(erased_counts.mau_28d, 0)
        is distinct from rolling.mau_28d
        or cohorts.cohort_size + coalesce(erased_counts.new_users, 0)
        is distinct from growth.new_users
    )
