-- Of the users who were new in a week, how many were there N days after their first?
select
    cohort_week,
    day_number,
    cohort_size,
    active_users,
    retention_rate
from {{ ref('weekly_cohort_retention') }}
where
    -- Whole weeks, from Monday on, of which at least one day is between the two.
    cohort_week >= {{ string_literals([setting('from_date')]) }}::date - 6
    and cohort_week <= {{ string_literals([setting('to_date')]) }}::date
order by cohort_week, day_number
