-- How many people used the product each day, and in the 7 and 28 days up to it?
select
    activity_date,
    dau,
    wau_7d,
    mau_28d,
    dau_mau_ratio,
    is_complete
from {{ ref('rolling_active_users') }}
where
    activity_date >= {{ string_literals([setting('from_date')]) }}::date
    and activity_date <= {{ string_literals([setting('to_date')]) }}::date
order by activity_date
