/*
asks: On which days did this user come back?
by: an analyst, or the application
reads:
  returning_users: {index: "(user_id, activity_date)"}
pages: {plus: 20, per_row: 1.5}
*/
select * from {{ returning_users }}
where user_id = %(user_id)s
order by activity_date
