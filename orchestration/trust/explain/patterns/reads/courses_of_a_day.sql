/*
asks: How many people used each course on that UTC day?
by: an analyst, from the events
reads:
  events: {index: {{ events_index | tojson }}, alone: true}
pages: {plus: 20, per_row: 0.05}
*/
select
    course_id,
    count(distinct user_id) as dau
from {{ events }} as events
where
    recorded_at >= {{ recorded("%(on_date)s::date") }}
    and recorded_at < {{ recorded("%(on_date)s::date + 1") }}
group by course_id
