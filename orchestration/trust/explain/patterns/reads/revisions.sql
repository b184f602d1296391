/*
asks: Which of the last 90 days have changed since they were first published?
by: an analyst
reads:
  daily_revisions: {index: "unique (activity_date)"}
pages: {plus: 20, per_row: 0.1}
*/
select * from {{ daily_revisions }}
where activity_date between %(from_date)s and %(to_date)s
