-- What people write first: distinct users of each day's window. Of user-days, which is
-- kind, as in our own model.
select
    days.activity_date,
    (
        select count(distinct user_days.user_id)
        from {schema}.user_day_activity as user_days
        where
            user_days.activity_date > days.activity_date - 7
            and user_days.activity_date <= days.activity_date
    ) as wau_7d,
    (
        select count(distinct user_days.user_id)
        from {schema}.user_day_activity as user_days
        where
            user_days.activity_date > days.activity_date - 28
            and user_days.activity_date <= days.activity_date
    ) as mau_28d
from {schema}.daily_active_users as days
