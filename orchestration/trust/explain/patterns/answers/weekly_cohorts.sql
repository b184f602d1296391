/*
asks: Of the users who were new in each of the last weeks, how many came back when?
by: fast-dau cohorts --weekly
reads:
  cohort_retention:
    in_full: it is a row per cohort and day number, and which week a day is of is computed
*/
{{ answer('cohort_retention_by_week') }}
