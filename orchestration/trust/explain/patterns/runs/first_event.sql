/*
asks: On which day does history begin?
by: dbt build
reads:
  events: {index: {{ events_index | tojson }}, alone: true}
pages: {plus: 50, per_row: 4}
*/
{{ model('calendar_days') }}
