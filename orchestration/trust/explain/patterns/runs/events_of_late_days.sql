/*
asks: Who was active on those days, and on one of two months ago that changed?
by: dbt build, after a late change
reads:
  events: {index: {{ events_index | tojson }}, alone: {{ not active_kinds }}}
pages: {plus: 50, per_row: {{ 1.5 if active_kinds else 0.05 }}}
*/
{{ model('user_day_activity', days='late') }}
