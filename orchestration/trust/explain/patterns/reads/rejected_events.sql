/*
asks: Which events do not count, and why?
by: an analyst
reads:
  rejected_events:
    in_full: it is a row a reason, and there are five
*/
select * from {{ rejected_events }}
