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

active_days as (

    select
        activity_date,
        count(distinct user_id) as dau,
        sum(events_count) as events_count
    from user_day_activity
    where activity_date >= %(first)s
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
daily_counts as materialized (

    select
        activity_date,
        days.is_complete,
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
    left join {{ relations.erased_counts }} as erased using (activity_date)

),

daily_active_users as (

    select activity_date, dau, events_count, is_complete from daily_counts

),

-- What a day was first, and how often it changed, no event tells.
daily_revisions as (

    select activity_date, dau from daily_counts
    where is_complete

),

daily_retention as (

    select
        activity_date,
        dau,
        {{ returning_columns | join(', ') }},
        returning_users / nullif(dau, 0)::double precision as retention_rate,
        activity_date - 7 >= %(first_day)s::date as lookback_complete,
        is_complete
    from daily_counts

),

