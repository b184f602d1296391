-- The quickest of three forms: a bitmap of users for each day, intersected with those
-- of the days before in a window; the others join the bitmaps, or look into arrays.
with active_days as (

    select
        toDate(performed_at) as activity_date,
        groupBitmapState(toUInt32(user_id)) as users
    from file('events.parquet', Parquet)
    group by activity_date

),

looked_back as (

    select
        activity_date,
        users,
        groupBitmapMergeState(users) over (
            order by activity_date range between 7 preceding and 1 preceding
        ) as users_before,
        groupBitmapMergeState(users) over (
            order by activity_date range between 1 preceding and 1 preceding
        ) as users_1,
        groupBitmapMergeState(users) over (
            order by activity_date range between 2 preceding and 2 preceding
        ) as users_2,
        groupBitmapMergeState(users) over (
            order by activity_date range between 3 preceding and 3 preceding
        ) as users_3,
        groupBitmapMergeState(users) over (
            order by activity_date range between 4 preceding and 4 preceding
        ) as users_4,
        groupBitmapMergeState(users) over (
            order by activity_date range between 5 preceding and 5 preceding
        ) as users_5,
        groupBitmapMergeState(users) over (
            order by activity_date range between 6 preceding and 6 preceding
        ) as users_6,
        groupBitmapMergeState(users) over (
            order by activity_date range between 7 preceding and 7 preceding
        ) as users_7
    from active_days

)

select
    activity_date,
    bitmapCardinality(users) as dau,
    bitmapAndCardinality(users, users_before) as returning_users,
    bitmapAndCardinality(users, users_1) as returning_d1,
    bitmapAndCardinality(users, users_2) as returning_d2,
    bitmapAndCardinality(users, users_3) as returning_d3,
    bitmapAndCardinality(users, users_4) as returning_d4,
    bitmapAndCardinality(users, users_5) as returning_d5,
    bitmapAndCardinality(users, users_6) as returning_d6,
    bitmapAndCardinality(users, users_7) as returning_d7
from looked_back
order by activity_date
