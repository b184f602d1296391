/*
asks: How many users were active in the 7 and 28 days up to the days of the latest run?
by: dbt build
reads:
  user_day_activity: {index: "(activity_date, user_id)", alone: true}
  daily_active_users: {index: "unique (activity_date)"}
pages: {plus: 100, per_row: 0.05}
*/
{{ model('rolling_active_users') }}
