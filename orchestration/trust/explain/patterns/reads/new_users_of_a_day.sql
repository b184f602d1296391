/*
asks: Who was there on that day for the first time?
by: an analyst
reads:
  user_lifetimes: {index: "(first_activity_date, user_id)"}
pages: {plus: 20, per_row: 1.5}
*/
select user_id from {{ user_lifetimes }}
where first_activity_date = %(on_date)s
order by user_id
