/*
asks: After how many days away did users come back on that day?
by: an analyst
reads:
  return_intervals_28d: {index: "unique (activity_date, days_since_previous)"}
pages: {plus: 20, per_row: 1}
*/
select
    days_since_previous,
    users_count
from {{ return_intervals_28d }}
where activity_date = %(on_date)s
order by days_since_previous
