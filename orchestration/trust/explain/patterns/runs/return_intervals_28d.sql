/*
asks: How long had the users of each of those days been away?
by: dbt build
reads:
  user_day_activity: {index: "(activity_date, user_id)", alone: true}
  daily_active_users: {index: "unique (activity_date)"}
pages: {plus: 100, per_row: 0.05}
*/
{{ model('return_intervals_28d') }}
