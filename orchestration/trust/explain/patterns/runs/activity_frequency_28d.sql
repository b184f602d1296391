/*
asks: On how many of the 28 days up to each of those days was each user active?
by: dbt build
reads:
  user_day_activity: {index: "(activity_date, user_id)", alone: true}
  daily_active_users: {index: "unique (activity_date)"}
pages: {plus: 100, per_row: 0.05}
*/
{{ model('activity_frequency_28d') }}
