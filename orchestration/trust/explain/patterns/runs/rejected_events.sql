/*
asks: Which events do not count, and why?
by: dbt build
reads:
  events: {index: "(performed_at) where (user_id is null)", alone: true}
pages: {plus: 50, per_row: 1}
*/
{{ model('rejected_events') }}
