/*
asks: Which days did the latest run rebuild, and why?
by: an operator
reads:
  refresh_days:
    in_full: it is a row a day that was rebuilt, and the question is of all
*/
select * from {{ refresh_days }}
order by activity_date
