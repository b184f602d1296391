{% from 'valid_events.sql' import valid_events, is_recounted with context %}
with valid_events as (

    {{ valid_events(days_before=days_before) }}

),

-- The days looked back on too. Before the day from which the events are whole, the
-- tables are all that is left to look back on.
user_day_activity as materialized (

    select
        activity_date,
        user_id,
        count(*) as events_count,
        min(performed_at) as first_event_at,
        max(performed_at) as last_event_at
    from valid_events
    where {{ is_recounted(days_before=days_before) }}
    group by activity_date, user_id

    union all

    select activity_date, user_id, events_count, first_event_at, last_event_at
    from {{ relations.user_day_activity }}
    where
        activity_date >= %(first)s::date - {{ days_before }}
        and activity_date < %(first)s
        and activity_date < %(kept_from)s::date

),

-- Over, as of the run that wrote the latest day that is over.
days as (

    select
        %(first)s::date + n as activity_date,
        %(first)s::date + n <= least(%(last_over)s::date, %(today)s - 1) as is_complete
    from generate_series(0, %(last)s::date - %(first)s::date) as n
    where %(first)s::date + n between %(first_day)s and %(today)s

),

