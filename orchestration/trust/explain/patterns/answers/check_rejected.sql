/*
asks: Does the list of events that do not count equal a recount of them?
by: fast-dau check
reads:
  events: {index: {{ null_user_index | tojson }}, alone: true}
pages: {plus: 50, per_row: 1}
*/
{{ recount('rejected') }}
