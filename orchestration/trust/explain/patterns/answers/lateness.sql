/*
asks: How late do events come?
by: fast-dau plan --lateness
reads:
  daily_revisions:
    in_full: it is a row a day, and the question is of all days
*/
{{ answer('revisions_by_lateness') }}
