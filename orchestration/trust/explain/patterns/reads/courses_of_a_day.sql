/*
asks: How many people used each course on that UTC day?
by: an analyst, from the events
reads:
  events: {index: "(performed_at) include (user_id, course_id)", alone: true}
pages: {plus: 20, per_row: 0.05}
*/
select
    course_id,
    count(distinct user_id) as dau
from {{ events }}
where performed_at >= %(on_date)s and performed_at < %(on_date)s::date + 1
group by course_id
