/*
asks: How many people used each course on each day of a week?
by: fast-dau report
reads:
  daily_active_users_by_course: {index: "unique (activity_date, course_id)"}
pages: {plus: 20, per_row: 1}
*/
{{ answer('courses_in_week') }}
