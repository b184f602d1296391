/*
asks: How many users have not been there in the last week?
by: an analyst
reads:
  user_lifetimes: {index: "(last_activity_date)"}
pages: {plus: 20, per_row: 1.5}
*/
select count(*) from {{ user_lifetimes }}
where last_activity_date < %(week_from)s
