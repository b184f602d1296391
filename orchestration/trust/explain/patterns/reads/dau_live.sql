/*
asks: How did DAU go in the last 90 days, up to this second?
by: a dashboard
reads:
  events: {index: {{ events_index | tojson }}, alone: {{ not active_kinds }}}
  daily_active_users:
    index: "unique (activity_date)"
    in_full: a day that is not over may be anywhere; it is a row a day
pages: {plus: {{ 50 + 5 * open_days }}, per_row: {{ 1.5 if active_kinds else 0.1 }}}
*/
select * from {{ daily_active_users_live }}
where activity_date >= %(from_date)s
order by activity_date
