with history as (

    select
        least(
            {{ local_date('first_event_at') }},
            -- The row of erased users (`forget --keep-counts`) stays where none of the
            -- events that are left is as old.
            (
                select min(erased_counts.activity_date)
                from {{ ref('erased_counts').render() }} as erased_counts
                where
                    erased_counts.dau > 0
                    and erased_counts.activity_date
                    >= date '{{ setting("events_start_date") }}'
            )
        ) as first_date,
        {{ local_date(run_at()) }} as last_date
    from ({{ known_first_event() }}) as events

),

published as (

    {{ published_span() }}

),

bounds as (

    select
        history.first_date,
        history.last_date,
        published.kept_from,
        greatest(history.last_date, published.last_date) as end_date,
        least(
            published.first_date,
            greatest(
                published.kept_from,
                least(history.first_date, published.first_date)
            )
        ) as start_date,
        coalesce(published.first_date < published.kept_from, false) as has_kept_days
    from history
    cross join published
    -- Or the planner would put the subqueries wherever a date stands.
    offset 0 -- noqa: AM09

),

-- Whole numbers, because a series of dates would pass through the session's zone.
days as (

    select
        bounds.*,
        bounds.start_date + numbers.day_offset as activity_date
    from bounds
    cross join
        {{ whole_numbers(0, '(bounds.end_date - bounds.start_date)::int') }}
            as numbers (day_offset)

)

select
    activity_date,
    {{ day_starts_at('activity_date') }} as day_starts_at,
    {{ day_starts_at('activity_date + 1') }} as day_ends_at,
    -- After the last date: of a run whose clock was ahead.
    activity_date > last_date or (
        not has_kept_days
        and activity_date < coalesce(first_date, date '9999-12-31')
    ) as is_gone,
    coalesce(activity_date < kept_from, false) as is_kept
from days
