-- How many of each day's users had been there in the seven days before?
select
    activity_date,
    dau,
    returning_users,
    retention_rate,
    returning_d1,
    returning_d2,
    returning_d3,
    returning_d4,
    returning_d5,
    returning_d6,
    returning_d7,
    lookback_complete,
    is_complete
from {{ ref('daily_retention') }}
where
    activity_date >= {{ string_literals([setting('from_date')]) }}::date
    and activity_date <= {{ string_literals([setting('to_date')]) }}::date
order by activity_date
