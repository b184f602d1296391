{{ config(
    unique_key=['user_id', 'activity_date'],
    partition_by='activity_date',
    meta={'influence_days': 0},
    post_hook=[
        "{{ ensure_index(['activity_date', 'user_id']) }}",
        "{{ refuse_purge_meanwhile() }}",
    ],
) }}

with days as (

    select * from {{ days_to_build() }}

)

-- Day by day: each is one range of the index on performed_at, and one small group.
select
    days.activity_date,
    active_users.*
from days
cross join lateral (
    select
        events.user_id,
        count(*) as events_count,
        {{ extreme_event_time('min') }} as first_event_at,
        {{ extreme_event_time('max') }} as last_event_at
    from {{ ref('stg_events').render() }} as events
    where {{ is_active_event() }}
    group by events.user_id
) as active_users
