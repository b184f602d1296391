{{ config(meta={
    "dagster": {"ref": {"name": "daily_retention", "package": "fast_dau"}}
}) }}

with counted as (

    select
        activity_date,
        count(*) as users_count,
        sum({{ count_bits('active_days_mask', 7) }}) as days_count
    from {{ ref('returning_users') }}
    where {{ is_refreshed_day('activity_date') }}
    group by activity_date

)

select
    refresh_days.activity_date,
    daily_retention.returning_users,
    counted.users_count
from {{ ref('refresh_days').render() }} as refresh_days
left join {{ ref('daily_retention').render() }} as daily_retention
    on refresh_days.activity_date = daily_retention.activity_date
left join {{ ref('daily_active_users').render() }} as daily_active_users
    on refresh_days.activity_date = daily_active_users.activity_date
left join counted
    on refresh_days.activity_date = counted.activity_date
left join {{ ref('erased_counts').render() }} as erased_counts
    on refresh_days.activity_date = erased_counts.activity_date
where
    {{ have_latest_days(['daily_active_users', 'returning_users', 'daily_retention']) }}
    and (
        daily_retention.dau is distinct from daily_active_users.dau
        or daily_retention.returning_users
        - coalesce(erased_counts.returning_users, 0)
        <> coalesce(counted.users_count, 0)
        or {% for n in range(1, 8) %}
            daily_retention.returning_d{{ n }}
            - coalesce(erased_counts.returning_d{{ n }}, 0){{ " +" if not loop.last }}
        {% endfor %}
        <> coalesce(counted.days_count, 0)
    )
