/*
asks: Of the users who were new on each of the last 90 days, how many came back when?
by: fast-dau cohorts
reads:
  cohort_retention: {index: "unique (cohort_date, day_number)"}
pages: {plus: 20, per_row: 2.5}
*/
{{ answer('cohort_retention_by_day') }}
