/*
asks: On how many of the 28 days up to that day were users active?
by: an analyst
reads:
  activity_frequency_28d: {index: "unique (activity_date, active_days)"}
pages: {plus: 20, per_row: 1}
*/
select
    active_days,
    users_count
from {{ activity_frequency_28d }}
where activity_date = %(on_date)s
order by active_days
