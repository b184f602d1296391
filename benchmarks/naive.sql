-- What people write first: both questions asked of the raw events, for all days.
with active as (

    select distinct
        user_id,
        performed_at::date as activity_date
    from events
    where user_id is not null and isfinite(performed_at)

)

select
    today.activity_date,
    count(distinct today.user_id) as dau,
    count(distinct earlier.user_id) as returning_users
from active as today
left join active as earlier
    on
        today.user_id = earlier.user_id
        and earlier.activity_date >= today.activity_date - 7
        and earlier.activity_date < today.activity_date
group by today.activity_date
