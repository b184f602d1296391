/*
asks: How many people used the product on each of the last 90 days?
by: fast-dau dau
reads:
  daily_active_users: {index: "unique (activity_date)"}
pages: {plus: 20, per_row: 0.1}
*/
{{ answer('active_users_by_day') }}
