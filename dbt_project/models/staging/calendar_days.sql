with history as (

    select
        {{ local_date('min(performed_at)') }} as first_date,
        {{ local_date(run_at()) }} as last_date
    from {{ source('app', 'events') }}
    where
        user_id is not null
        and {{ is_valid_time('performed_at') }}

),

-- Whole numbers, because a series of dates would pass through the session's zone.
days as (

    select history.first_date + day_offset as activity_date
    from history
    cross join
        generate_series(0, history.last_date - history.first_date) as day_offset

)

select
    activity_date,
    {{ day_starts_at('activity_date') }} as day_starts_at,
    {{ day_starts_at('activity_date + 1') }} as day_ends_at
from days
