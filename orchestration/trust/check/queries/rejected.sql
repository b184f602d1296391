{#- The events that do not count, of all times. The table has no days: until the end of
    this query, its rows are of the last day compared.

    Which events were in the future depends on the clock of the run. Those without a user
    go on coming: they are counted up to the end of the last day that is over, or to the
    latest that the table knows, whichever is later. -#}
{% from 'compared.sql' import compared with context %}
{% set local_date -%}
(performed_at at time zone 'UTC' at time zone %(time_zone)s)::date
{%- endset %}
with published_rejected_events as (

    select *, %(last)s::date as activity_date
    from {{ relations.rejected_events }}
    where reason <> 'performed_at is in the future'

),

rejected as (

    select 'performed_at is null' as reason, performed_at
    from {{ relations.events }} as events
    where recorded_at is null

    union all

    select 'performed_at is infinite' as reason, performed_at
    from {{ relations.events }} as events
    where {{ is_infinite }}

    union all

    -- Only the days around the first valid one are looked up in the time zone, whose
    -- rules end before timestamps do.
    select 'performed_at is before events_start_date' as reason, performed_at
    from {{ relations.events }} as events
    where
        recorded_at < {{ recorded("%(events_start_date)s::date + 2") }}
        and not ({{ is_infinite }})
        and case
            when performed_at < %(events_start_date)s::date - 2 then true
            else {{ local_date }} < %(events_start_date)s
        end

    union all

    select 'user_id is null' as reason, performed_at
    from {{ relations.events }} as events
    where
        user_id is null
        and recorded_at >= {{ recorded("%(events_start_date)s::date - 2") }}
        and recorded_at < {{ recorded("%(latest_valid)s::timestamp + interval '2 days'") }}
        and performed_at <= %(latest_valid)s::timestamp
        and {{ local_date }} >= %(events_start_date)s
        and (
            {{ local_date }} <= %(last_over)s
            or performed_at <= (
                select latest_performed_at from published_rejected_events
                where reason = 'user_id is null'
            )
        )

),

rejected_events as (

    select
        %(last)s::date as activity_date,
        reason,
        count(*) as events_count,
        min(performed_at) as earliest_performed_at,
        max(performed_at) as latest_performed_at
    from rejected
    group by reason

)

select
    null::date as activity_date, "table", "column", rollup, recount, users, examples
from (
    {{ compared(tables) }}
) as cells
