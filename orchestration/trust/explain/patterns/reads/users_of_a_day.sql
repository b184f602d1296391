/*
asks: Who was active on that day?
by: an analyst
reads:
  user_day_activity: {index: "(activity_date, user_id)", alone: true}
pages: {plus: 20, per_row: 0.05}
*/
select user_id from {{ user_day_activity }}
where activity_date = %(on_date)s
order by user_id
