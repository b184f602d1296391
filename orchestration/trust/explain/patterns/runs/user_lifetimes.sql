/*
asks: Are those days the first or last ones of their users, or have they been?
by: dbt build
reads:
  user_day_activity: {index: "(activity_date, user_id)"}
  user_lifetimes: {index: "(last_activity_date)"}
pages: {plus: 100, per_row: 1.5}
*/
{{ model('user_lifetimes') }}
