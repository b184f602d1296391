/*
asks: Who was active on the days that an ordinary run rebuilds?
by: dbt build, every hour
reads:
  events: {index: {{ events_index | tojson }}, alone: {{ not active_kinds }}}
pages: {plus: 50, per_row: {{ 1.5 if active_kinds else 0.05 }}}
*/
{{ model('user_day_activity', days='ordinary') }}
