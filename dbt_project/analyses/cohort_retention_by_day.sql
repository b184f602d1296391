-- Of the users who were new on a day, how many were there N days later?
select
    cohort_date,
    day_number,
    cohort_size,
    active_users,
    retention_rate
from {{ ref('cohort_retention') }}
where
    cohort_date >= {{ string_literals([setting('from_date')]) }}::date
    and cohort_date <= {{ string_literals([setting('to_date')]) }}::date
order by cohort_date, day_number
