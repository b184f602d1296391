/*
asks: Which share of the users of the last 90 cohorts came back after how many days?
by: a dashboard
reads:
  cohort_retention: {index: "unique (cohort_date, day_number)"}
pages: {plus: 20, per_row: 1}
*/
select
    cohort_date,
    day_number,
    cohort_size,
    retention_rate
from {{ cohort_retention }}
where
    cohort_date between %(from_date)s and %(to_date)s
    and active_users is not null
order by cohort_date, day_number
