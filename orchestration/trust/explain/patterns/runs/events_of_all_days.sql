/*
asks: Who was active on each day of history?
by: "dbt build with fast_dau_refresh: full, and the first build"
reads:
  events:
    index: {{ events_index | tojson }}
    alone: {{ not active_kinds }}
    in_full: every day is counted anew, each as a range of the index
*/
{{ model('user_day_activity', days='full') }}
