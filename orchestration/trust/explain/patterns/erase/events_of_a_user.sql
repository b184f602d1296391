/*
asks: Which events are this person's?
by: fast-dau forget
reads:
  events:
    in_full: a person is rarely erased, and an index on user_id would cost every insert
*/
select count(*) from {{ events }} as events
where user_id = %(user_id)s
