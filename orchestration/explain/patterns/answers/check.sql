/*
asks: Do the tables equal a recount of the events, on seven days?
by: fast-dau check
reads:
  events: {index: "(performed_at) include (user_id, course_id)", alone: {{ not active_kinds }}}
  user_day_activity: {index: "(activity_date, user_id)"}
  returning_users: {index: "unique (activity_date, user_id)"}
pages: {plus: 200, per_row: {{ 1.5 }}}
*/
{{ recount() }}
