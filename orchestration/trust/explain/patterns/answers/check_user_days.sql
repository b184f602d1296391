/*
asks: Do the tables of users and days equal a recount of the events, on seven days?
by: fast-dau check
reads:
  events: {index: {{ events_index | tojson }}, alone: {{ not active_kinds }}}
  user_day_activity: {index: "(activity_date, user_id)"}
  returning_users: {index: "unique (activity_date, user_id)"}
  user_lifetimes: {index: "unique (user_id)"}
  cohort_retention: {index: "unique (cohort_date, day_number)"}
  activity_frequency_28d: {index: "unique (activity_date, active_days)"}
  return_intervals_28d: {index: "unique (activity_date, days_since_previous)"}
pages: {plus: 200, per_row: {{ 1.5 }}}
*/
{{ recount('user_days') }}
