/*
asks: What share of a day's users came back after how many days?
by: an analyst, who says the days of both tables, or the one with a row a day is read whole
reads:
  returning_users: {index: "unique (activity_date, user_id)"}
  daily_retention: {index: "unique (activity_date)"}
pages: {plus: 50, per_row: 1.5}
*/
select
    retention.activity_date,
    users.days_since_previous,
    count(*) / retention.dau::double precision as share_of_dau
from {{ returning_users }} as users
inner join {{ daily_retention }} as retention
    on users.activity_date = retention.activity_date
where
    users.activity_date between %(week_from)s and %(on_date)s
    and retention.activity_date between %(week_from)s and %(on_date)s
group by retention.activity_date, retention.dau, users.days_since_previous
