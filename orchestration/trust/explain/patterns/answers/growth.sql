/*
asks: How many of each day's users were new, retained or resurrected?
by: fast-dau growth
reads:
  growth_accounting: {index: "unique (activity_date)"}
pages: {plus: 20, per_row: 2.5}
*/
{{ answer('growth_by_day') }}
