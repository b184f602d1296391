/*
asks: How many users were there on that day, by segment and value?
by: a dashboard
reads:
  daily_active_users_by_segment: {index: "unique (activity_date, segment, value)"}
pages: {plus: 20, per_row: 1}
*/
select
    segment,
    value,
    dau
from {{ daily_active_users_by_segment }}
where activity_date = %(on_date)s
order by segment, value
