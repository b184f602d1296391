/*
asks: Which users came back on the last day that is over?
by: fast-dau returning
reads:
  returning_users: {index: "unique (activity_date, user_id)"}
pages: {plus: 20, per_row: 1.5}
*/
{{ answer('returning_users_on_day') }}
