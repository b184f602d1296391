-- What people write first: DAU of all days, from the raw events.
select
    date(performed_at) as activity_date,
    count(distinct user_id) as dau
from events
where user_id is not null and isfinite(performed_at)
group by date(performed_at)
