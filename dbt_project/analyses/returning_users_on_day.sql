-- Who was there on this day, and on one of the seven days before?
select
    user_id,
    previous_activity_date,
    days_since_previous,
    active_days_mask
from {{ ref('returning_users') }}
where activity_date = {{ string_literals([setting('on_date')]) }}::date
order by user_id
