/*
asks: How many users of a value were there on each of the last 90 days?
by: a dashboard
reads:
  daily_active_users_by_segment:
    in_full: it is a few rows a day, so that each page of those days has one of them
*/
select
    activity_date,
    dau
from {{ daily_active_users_by_segment }}
where
    segment = %(segment)s
    and value = %(value)s
    and activity_date between %(from_date)s and %(to_date)s
order by activity_date
