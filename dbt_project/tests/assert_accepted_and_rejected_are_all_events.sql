-- The number of events, where it is not that of the accepted and the rejected ones. One
-- statement, so that events that arrive meanwhile do not disturb. It reads every event,
-- and so only after a run that did: the first build and the daily full rollup.
select
    raw.events_count as all_events,
    accepted.events_count as accepted_events,
    rejected.events_count as rejected_events
from (select count(*) as events_count from {{ source('app', 'events') }}) as raw
cross join (select count(*) as events_count from {{ ref('stg_events') }}) as accepted
cross join
    (select count(*) as events_count from {{ ref('stg_rejected_events') }}) as rejected
where
    raw.events_count <> accepted.events_count + rejected.events_count
    and exists (
        select 1 from {{ ref('refresh_days') }}
        where reason in ('first build', 'full')
    )
