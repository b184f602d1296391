/*
asks: How did DAU and retention go in the last 90 days?
by: a dashboard
reads:
  daily_active_users: {index: "unique (activity_date)"}
  daily_retention: {index: "unique (activity_date)"}
pages: {plus: 20, per_row: 4}
*/
select
    dau.activity_date,
    dau.dau,
    dau.events_count,
    retention.returning_users,
    retention.retention_rate
from {{ daily_active_users }} as dau
inner join {{ daily_retention }} as retention
    on dau.activity_date = retention.activity_date
where dau.activity_date between %(from_date)s and %(to_date)s
order by dau.activity_date
