/*
asks: Which events do not count, and why?
by: dbt build
reads:
  events: {index: {{ null_user_index | tojson }}, alone: true}
pages: {plus: 50, per_row: 1}
*/
{{ model('rejected_events') }}
