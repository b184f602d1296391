{{ config(enabled=target.type == 'postgres') }}

with live_days as (

    select
        activity_date,
        count(user_id) as dau,
        coalesce(sum(events_count), 0)::bigint as events_count,
        is_complete
    from {{ ref('live_user_days') }}
    group by activity_date, is_complete

)

select
    activity_date,
    dau,
    events_count,
    is_complete
from {{ ref('daily_active_users') }}
where
    activity_date < coalesce(
        (
            select min(open_days.activity_date)
            from {{ ref('daily_active_users').render() }} as open_days
            where not open_days.is_complete
        ),
        'infinity'
    )
union all
select
    live_days.activity_date,
    live_days.dau + coalesce(erased_counts.dau, 0) as dau,
    live_days.events_count + coalesce(erased_counts.events_count, 0) as events_count,
    live_days.is_complete
from live_days
left join {{ ref('erased_counts').render() }} as erased_counts
    on live_days.activity_date = erased_counts.activity_date
