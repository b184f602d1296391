/*
asks: When was this user there for the first time, and when for the last?
by: an analyst, or the application
reads:
  user_lifetimes: {index: "unique (user_id)"}
pages: {plus: 20, per_row: 1}
*/
select * from {{ user_lifetimes }}
where user_id = %(user_id)s
