{#- What the tables of the days %(first)s to %(last)s must hold, counted from the raw
    events by the definitions in the README. -#}
with valid_events as (

    -- Two days wider on each side than any zone is from UTC: a range of the index.
    select
        user_id,
        performed_at,
        (performed_at at time zone 'UTC' at time zone %(time_zone)s)::date
            as activity_date
    from {{ events }}
    where
        user_id is not null
        and performed_at >= %(first)s::date - 7 - 2
        and performed_at < %(last)s::date + 1 + 2
        and performed_at <= %(latest_valid)s::timestamp
        {% if has_kinds %}
        and kind = any(%(active_kinds)s)
        {% endif %}

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
    where
        activity_date between %(first)s::date - 7 and least(%(last)s::date, %(today)s)
        and activity_date >= %(events_start_date)s
        and activity_date >= coalesce(%(kept_from)s::date, '-infinity')
    group by activity_date, user_id

    union all

    select activity_date, user_id, events_count, first_event_at, last_event_at
    from {{ user_day_activity }}
    where
        activity_date >= %(first)s::date - 7
        and activity_date < %(first)s
        and activity_date < %(kept_from)s::date

),

returning_users as materialized (

    select
        active.activity_date,
        active.user_id,
        max(before.activity_date) as previous_activity_date,
        min(days_ago)::smallint as days_since_previous,
        sum(2 ^ (days_ago - 1))::smallint as active_days_mask
    from user_day_activity as active
    cross join generate_series(1, 7) as days_ago
    inner join user_day_activity as before
        on active.user_id = before.user_id
        and active.activity_date - days_ago = before.activity_date
    where active.activity_date >= %(first)s
    group by active.activity_date, active.user_id

),

days as (

    select %(first)s::date + n as activity_date
    from generate_series(0, %(last)s::date - %(first)s::date) as n
    where %(first)s::date + n between %(first_day)s and %(today)s

),

active_days as (

    select
        activity_date,
        count(distinct user_id) as dau,
        sum(events_count) as events_count
    from user_day_activity
    group by activity_date

),

returning_days as (

    select
        activity_date,
        count(distinct user_id) as returning_users
        {% for n in range(1, 8) %}
        , count(*) filter (where (active_days_mask >> {{ n - 1 }}) & 1 = 1)
            as returning_d{{ n }}
        {% endfor %}
    from returning_users
    group by activity_date

),

-- People who were erased with kept counts are in no list, and in all counts.
daily_counts as (

    select
        activity_date,
        (coalesce(active_days.dau, 0) + coalesce(erased.dau, 0))::bigint as dau,
        (coalesce(active_days.events_count, 0) + coalesce(erased.events_count, 0))::bigint
            as events_count
        {% for column in returning_columns %}
        , (coalesce(returning_days.{{ column }}, 0) + coalesce(erased.{{ column }}, 0))
            ::bigint as {{ column }}
        {% endfor %}
    from days
    left join active_days using (activity_date)
    left join returning_days using (activity_date)
    left join {{ erased_counts }} as erased using (activity_date)

),

daily_active_users as (

    select activity_date, dau, events_count from daily_counts

),

daily_retention as (

    select
        activity_date,
        dau,
        {{ returning_columns | join(', ') }},
        returning_users / nullif(dau, 0)::double precision as retention_rate,
        activity_date - 7 >= %(first_day)s::date as lookback_complete
    from daily_counts

)
