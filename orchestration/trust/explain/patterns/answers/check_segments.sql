/*
asks: Do the counts by segment equal a recount of the events, on seven days?
by: fast-dau check
reads:
  events: {index: {{ events_index | tojson }}}
  daily_active_users_by_segment: {index: "unique (activity_date, segment, value)"}
pages: {plus: 200, per_row: {{ 1.5 }}}
*/
{{ recount('segments') }}
