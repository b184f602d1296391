/*
asks: How many people used the product in the last seven days?
by: an analyst
reads:
  user_day_activity: {index: "(activity_date, user_id)", alone: true}
pages: {plus: 20, per_row: 0.05}
*/
select count(distinct user_id) from {{ user_day_activity }}
where activity_date between %(week_from)s and %(on_date)s
