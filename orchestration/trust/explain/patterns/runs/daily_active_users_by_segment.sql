/*
asks: How many users were active in each segment on the days that an ordinary run rebuilds?
by: dbt build, every hour
reads:
  events: {index: {{ events_index | tojson }}}
pages: {plus: 50, per_row: 1.5}
*/
{{ model('daily_active_users_by_segment', days='ordinary') }}
