{{ config(
    unique_key='reason',
    post_hook="{{ ensure_index(['reason'], unique=true) }}",
) }}

with rejected_events as (

    select * from {{ ref('stg_rejected_events') }}

)

select
    reason,
    count(*) as events_count,
    min(performed_at) as earliest_performed_at,
    max(performed_at) as latest_performed_at
from rejected_events
group by reason
