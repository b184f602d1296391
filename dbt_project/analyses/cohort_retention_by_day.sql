-- Of the users who were new on a day, how many were there N days later?
select
    cohort_date,
    day_number,
    cohort_size,
    active_users,
    retention_rate
from {{ ref('cohort_retention') }}
where
    cohort_date >= {{ string_literals([var('from_date', '-infinity')]) }}::date
    and cohort_date <= {{ string_literals([var('to_date', 'infinity')]) }}::date
order by cohort_date, day_number
