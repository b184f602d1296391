-- How many people used the product each day?
select
    activity_date,
    dau,
    events_count,
    is_complete
from {{ ref('daily_active_users') }}
where
    activity_date >= {{ string_literals([setting('from_date')]) }}::date
    and activity_date <= {{ string_literals([setting('to_date')]) }}::date
order by activity_date
