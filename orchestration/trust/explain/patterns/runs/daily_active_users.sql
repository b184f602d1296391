/*
asks: How many users were active on the days of the latest run?
by: dbt build
reads:
  user_day_activity: {index: "(activity_date, user_id)"}
pages: {plus: 50, per_row: 1.5}
*/
{{ model('daily_active_users') }}
