/*
asks: How many of each day's users had been there in the seven days before?
by: fast-dau retention
reads:
  daily_retention: {index: "unique (activity_date)"}
pages: {plus: 20, per_row: 0.2}
*/
{{ answer('retention_by_day') }}
