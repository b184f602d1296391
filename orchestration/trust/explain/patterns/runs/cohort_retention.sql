/*
asks: How many users of each cohort were active on those days?
by: dbt build
reads:
  user_day_activity: {index: "(activity_date, user_id)"}
  user_lifetimes: {index: "(first_activity_date, user_id)"}
  daily_active_users: {index: "unique (activity_date)"}
pages: {plus: 100, per_row: 1.5}
*/
{{ model('cohort_retention') }}
