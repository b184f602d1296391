{{ config(
    unique_key='activity_date',
    meta={'influence_days': 0},
) }}

with days as (

    select * from {{ days_to_build() }}

),

active_days as (

    select
        activity_date,
        count(*) as dau,
        sum(events_count)::bigint as events_count
    from {{ ref('user_day_activity') }}
    where {{ is_affected_day('activity_date') }}
    group by activity_date

)

select
    days.activity_date,
    coalesce(active_days.dau, 0) + coalesce(erased_counts.dau, 0) as dau,
    coalesce(active_days.events_count, 0)
    + coalesce(erased_counts.events_count, 0) as events_count,
    days.day_ends_at <= {{ refreshed_at() }} as is_complete
from days
left join active_days
    on days.activity_date = active_days.activity_date
left join {{ ref('erased_counts').render() }} as erased_counts
    on days.activity_date = erased_counts.activity_date
