/*
asks: How many came back on those days?
by: dbt build
reads:
  returning_users: {index: "unique (activity_date, user_id)"}
pages: {plus: 100, per_row: 1.5}
*/
{{ model('daily_retention') }}
