with history as (

    select
        least(
            {{ local_date('min(performed_at)') }},
            {{ first_erased_day() }}
        ) as first_date,
        {{ local_date(run_at()) }} as last_date
    from {{ source('app', 'events') }}
    where
        user_id is not null
        and {{ is_valid_time('performed_at') }}

),

published as (

    {{ first_published_day() }}

),

-- Materialized, or the planner would put its subqueries wherever a date stands.
bounds as materialized (

    select
        history.first_date,
        history.last_date,
        greatest(
            published.kept_from,
            least(history.first_date, published.first_date)
        ) as start_date,
        coalesce(published.first_date < published.kept_from, false) as has_kept_days
    from history
    cross join published

),

-- Whole numbers, because a series of dates would pass through the session's zone.
days as (

    select
        bounds.start_date + day_offset as activity_date,
        not bounds.has_kept_days
        and bounds.start_date + day_offset
        < coalesce(bounds.first_date, 'infinity') as is_gone
    from bounds
    cross join
        generate_series(0, bounds.last_date - bounds.start_date) as day_offset

)

select
    activity_date,
    {{ day_starts_at('activity_date') }} as day_starts_at,
    {{ day_starts_at('activity_date + 1') }} as day_ends_at,
    is_gone
from days
