/*
asks: Do the counts by course equal a recount of the events, on seven days?
by: fast-dau check
reads:
  events: {index: {{ events_index | tojson }}, alone: {{ not active_kinds }}}
  daily_active_users_by_course: {index: "unique (activity_date, course_id)"}
pages: {plus: 200, per_row: {{ 1.5 }}}
*/
{{ recount('courses') }}
