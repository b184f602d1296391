-- How many people used the product each day?
select
    activity_date,
    dau,
    events_count,
    is_complete
from {{ ref('daily_active_users') }}
where
    activity_date >= {{ string_literals([var('from_date', '-infinity')]) }}::date
    and activity_date <= {{ string_literals([var('to_date', 'infinity')]) }}::date
order by activity_date
