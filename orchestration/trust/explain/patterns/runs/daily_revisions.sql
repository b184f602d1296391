/*
asks: Has the DAU of those days changed since it was first published?
by: dbt build
reads:
  daily_active_users: {index: "unique (activity_date)"}
  daily_revisions: {index: "unique (activity_date)"}
pages: {plus: 50, per_row: 1}
*/
{{ model('daily_revisions') }}
