/*
asks: On which days was this user active, and how much?
by: an analyst, or the application
reads:
  user_day_activity: {index: "unique (user_id, activity_date)"}
pages: {plus: 20, per_row: 1.5}
*/
select * from {{ user_day_activity }}
where user_id = %(user_id)s
order by activity_date
