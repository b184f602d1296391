/*
asks: How many people used the product in the 7 and 28 days up to each of the last 90?
by: fast-dau active
reads:
  rolling_active_users: {index: "unique (activity_date)"}
pages: {plus: 20, per_row: 2.5}
*/
{{ answer('rolling_active_users_by_day') }}
