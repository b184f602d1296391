{#- The users of each course, from the events of the days compared. -#}
{% from 'compared.sql' import compared with context %}
{% from 'valid_events.sql' import valid_events, is_recounted with context %}
with valid_events as (

    {{ valid_events(columns=['course_id']) }}

),

daily_active_users_by_course as (

    select
        activity_date,
        course_id,
        count(distinct user_id) as dau,
        count(*) as events_count
    from valid_events
    where
        course_id is not null
        and {{ is_recounted() }}
    group by activity_date, course_id

)

{{ compared(tables) }}
