/*
asks: How many users did a course have on each of the last 90 days?
by: an analyst, or the application
reads:
  daily_active_users_by_course: {index: "(course_id, activity_date, dau)", alone: true}
pages: {plus: 20, per_row: 0.1}
*/
select
    activity_date,
    dau
from {{ daily_active_users_by_course }}
where
    course_id = %(course_id)s
    and activity_date between %(from_date)s and %(to_date)s
order by activity_date
