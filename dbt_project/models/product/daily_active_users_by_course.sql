{{ config(
    unique_key=['activity_date', 'course_id'],
    partition_by='activity_date',
    meta={'influence_days': 0},
    pre_hook="{{ parallel_days() }}",
    post_hook=[
        "{{ ensure_index(['course_id', 'activity_date', 'dau']) }}",
        "{{ refuse_purge_meanwhile() }}",
    ],
) }}

-- By course and user first: two groups in turn are faster than counting distinct users.
{% call each_day() %}
    select
        course_users.course_id,
        count(*) as dau,
        sum(course_users.events_count)::bigint as events_count
    from (
        select
            events.course_id,
            events.user_id,
            count(*) as events_count
        from {{ valid_events() }} as events
        where
            {{ is_active_event() }}
            and events.course_id is not null
        group by events.course_id, events.user_id
    ) as course_users
    group by course_users.course_id
{% endcall %}
{% if rebuild_scope() == 'everything' %}
-- Whatever the order of the days, and of courses in them, a day lies on few pages.
order by activity_date, course_id -- noqa: RF03
{% endif %}
