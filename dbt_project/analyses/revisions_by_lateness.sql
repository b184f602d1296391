-- How late do events come? The days whose DAU has changed since it was first published,
-- by the days from the day itself to the change: an ordinary run finds a change that is
-- so many days late where `lookback_days` is as many.
with revised_days as (

    select
        abs(dau - first_dau) as dau_difference,
        (
            last_revised_at at time zone 'UTC'
            at time zone {{ string_literals([setting('time_zone')]) }}
        )::date - activity_date as days_late
    from {{ ref('daily_revisions') }}
    where revisions_count > 0

),

by_lateness as (

    select
        days_late,
        count(*) as days_count,
        sum(dau_difference)::bigint as dau_difference
    from revised_days
    group by days_late

)

select
    days_late,
    days_count,
    dau_difference,
    sum(dau_difference) over (order by days_late)
    / nullif(sum(dau_difference) over (), 0)::double precision as share_caught
from by_lateness
order by days_late
