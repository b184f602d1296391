/*
asks: On which day does history begin?
by: dbt build
reads:
  events: {index: "(performed_at) include (user_id, course_id)", alone: true}
pages: {plus: 50, per_row: 4}
*/
{{ model('calendar_days') }}
