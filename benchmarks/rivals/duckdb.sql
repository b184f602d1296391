-- The quickest of three forms: a window with lags, one with a mask of days, and joins.
-- The day n days before is at most the nth active day before.
with user_days as materialized (

    select distinct
        user_id,
        performed_at::date as activity_date
    from read_parquet('events.parquet')

),

looked_back as (

    select
        activity_date,
        activity_date - lag(activity_date) over history as back_1,
        activity_date - lag(activity_date, 2) over history as back_2,
        activity_date - lag(activity_date, 3) over history as back_3,
        activity_date - lag(activity_date, 4) over history as back_4,
        activity_date - lag(activity_date, 5) over history as back_5,
        activity_date - lag(activity_date, 6) over history as back_6,
        activity_date - lag(activity_date, 7) over history as back_7
    from user_days
    window history as (partition by user_id order by activity_date)

)

select
    activity_date::text as activity_date,
    count(*) as dau,
    count(*) filter (where back_1 <= 7) as returning_users,
    count(*) filter (where 1 in (back_1)) as returning_d1,
    count(*) filter (where 2 in (back_1, back_2)) as returning_d2,
    count(*) filter (where 3 in (back_1, back_2, back_3)) as returning_d3,
    count(*) filter (where 4 in (back_1, back_2, back_3, back_4)) as returning_d4,
    count(*) filter (where 5 in (back_1, back_2, back_3, back_4, back_5)) as returning_d5,
    count(*) filter (where 6 in (back_1, back_2, back_3, back_4, back_5, back_6)) as returning_d6,
    count(*) filter (where 7 in (back_1, back_2, back_3, back_4, back_5, back_6, back_7)) as returning_d7
from looked_back
group by activity_date
order by activity_date
