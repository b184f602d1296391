{{ config(
    unique_key=['activity_date', 'course_id'],
    partition_by='activity_date',
    meta={'influence_days': 0},
    post_hook=[
        "{{ ensure_index(['course_id', 'activity_date', 'dau']) }}",
        "{{ refuse_purge_meanwhile() }}",
    ],
) }}

with days as (

    select * from {{ days_to_build() }}

),

-- Day by day, as in user_day_activity. By course and user first, because two groups in
-- turn are faster than counting distinct users.
course_users as (

    select
        days.activity_date,
        active_users.course_id,
        active_users.events_count
    from days
    cross join lateral (
        select
            events.course_id,
            events.user_id,
            count(*) as events_count
        from {{ ref('stg_events').render() }} as events
        where
            {{ is_active_event() }}
            and events.course_id is not null
        group by events.course_id, events.user_id
    ) as active_users

)

select
    activity_date,
    course_id,
    count(*) as dau,
    sum(events_count)::bigint as events_count
from course_users
group by activity_date, course_id
{% if rebuild_scope() == 'everything' %}
    -- The groups' order is by course; so a day's courses lie on few pages.
    order by activity_date, course_id
{% endif %}
