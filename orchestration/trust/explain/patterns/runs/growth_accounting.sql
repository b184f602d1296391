/*
asks: How many users were new, retained, resurrected or gone on those days?
by: dbt build
reads:
  user_lifetimes: {index: "(last_activity_date)"}
  daily_active_users: {index: "unique (activity_date)"}
  daily_retention: {index: "unique (activity_date)"}
pages: {plus: 100, per_row: 1.5}
*/
{{ model('growth_accounting') }}
