/*
asks: Which share of the users who were new on that day came back after how many days?
by: an analyst
reads:
  cohort_retention: {index: "unique (cohort_date, day_number)"}
pages: {plus: 20, per_row: 2.5}
*/
select
    day_number,
    active_users,
    retention_rate
from {{ cohort_retention }}
where cohort_date = %(from_date)s
order by day_number
