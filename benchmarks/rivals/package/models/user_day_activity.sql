{{ config(indexes=[
    {'columns': ['activity_date', 'user_id'], 'unique': true},
]) }}

select
    user_id,
    performed_at::date as activity_date,
    count(*) as events_count,
    min(performed_at) as first_event_at,
    max(performed_at) as last_event_at
from {{ source('app', 'events') }}
where
    user_id is not null
    and performed_at >= '2000-01-01'
    and performed_at <= timestamp '{{ var("run_at") }}' + interval '5 minutes'
    {% if is_incremental() %}
        and performed_at >= (
            select max(activity_date) - {{ var('lookback_days') }} from {{ this }}
        )
    {% endif %}
group by user_id, performed_at::date
