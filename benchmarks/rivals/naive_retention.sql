-- What people write first: returning users of all days, by a self-join. Of distinct
-- user-days, which is kind: joining the raw events to themselves, as many do, does not
-- end within minutes at 10 million.
with active as (

    select distinct
        user_id,
        date(performed_at) as activity_date
    from events
    where user_id is not null and isfinite(performed_at)

)

select
    today.activity_date,
    count(distinct earlier.user_id) as returning_users
from active as today
left join active as earlier
    on
        today.user_id = earlier.user_id
        and earlier.activity_date >= today.activity_date - 7
        and earlier.activity_date < today.activity_date
group by today.activity_date
