/*
asks: Which days does the next run rebuild, and why?
by: dbt build, and fast-dau plan
reads:
  daily_active_users:
    in_full: a day may be missing or not over anywhere; it is a row a day
  daily_retention:
    in_full: a day may be missing or not over anywhere; it is a row a day
*/
{{ model('refresh_days') }}
