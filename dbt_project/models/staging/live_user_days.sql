{#- The views' own clock is the server's; `stg_events` has the run's. -#}
{% set now = "(now() at time zone 'UTC')" %}
{% set skew = setting("max_clock_skew_minutes") %}
{% set latest = now ~ " + interval '" ~ skew ~ " minutes'" %}

with published as (

    select
        coalesce(
            min(activity_date) filter (where not is_complete),
            max(activity_date) + 1,
            -- Where no run has found an event, all days with events are open.
            (
                select {{ local_date(event_time('min(events.performed_at)')) }}
                from {{ events() }} as events
                where
                    events.user_id is not null
                    and {{ is_since(earliest_valid_time()) }}
                    and {{ is_up_to(latest) }}
            )
        ) as open_date
    from {{ ref('daily_active_users') }}

),

open_days as (

    select published.open_date + day_offset as activity_date
    from published
    cross join generate_series(
        0, {{ local_date(now) }} - published.open_date
    ) as day_offset

),

days as (

    select
        activity_date,
        {{ day_starts_at('activity_date') }} as day_starts_at,
        {{ day_starts_at('activity_date + 1') }} as day_ends_at
    from open_days

)

select
    days.activity_date,
    days.day_ends_at <= {{ now }} as is_complete,
    active_users.user_id,
    active_users.events_count
from days
left join lateral (
    select
        events.user_id,
        count(*) as events_count
    from {{ events() }} as events
    where
        {{ is_active_event() }}
        and {{ is_up_to(latest) }}
        and events.user_id is not null
    group by events.user_id
) as active_users on true
