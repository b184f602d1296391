/*
asks: Which users have come back today, up to this second?
by: an application
reads:
  events: {index: {{ events_index | tojson }}, alone: {{ not active_kinds }}}
  user_day_activity: {index: "(activity_date, user_id)", alone: true}
  daily_active_users:
    in_full: a day that is not over may be anywhere; it is a row a day
pages: {plus: {{ 50 + 5 * open_days }}, per_row: {{ 1.5 if active_kinds else 0.1 }}}
*/
select * from {{ returning_users_live }}
