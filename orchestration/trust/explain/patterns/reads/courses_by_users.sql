/*
asks: Which ten courses had the most users on that day?
by: an analyst
reads:
  daily_active_users_by_course: {index: "unique (activity_date, course_id)"}
pages: {plus: 20, per_row: 1}
*/
select
    course_id,
    dau
from {{ daily_active_users_by_course }}
where activity_date = %(on_date)s
order by dau desc, course_id
limit 10
