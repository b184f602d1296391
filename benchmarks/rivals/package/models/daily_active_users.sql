select
    activity_date,
    count(*) as dau,
    sum(events_count)::bigint as events_count
from {{ ref('user_day_activity') }}
{% if is_incremental() %}
    where activity_date >= (
        select max(activity_date) - {{ var('lookback_days') }} from {{ this }}
    )
{% endif %}
group by activity_date
