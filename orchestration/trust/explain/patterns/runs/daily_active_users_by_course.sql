/*
asks: How many users were active in each course on the days that an ordinary run rebuilds?
by: dbt build, every hour
reads:
  events: {index: {{ events_index | tojson }}, alone: {{ not active_kinds }}}
pages: {plus: 50, per_row: {{ 1.5 if active_kinds else 0.05 }}}
*/
{{ model('daily_active_users_by_course', days='ordinary') }}
