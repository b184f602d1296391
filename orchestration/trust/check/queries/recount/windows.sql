-- Of each user a bit for every active day, the earliest the lowest; many come alike. A
-- part of 31 days and the 27 before it are less than a bigint has.
active_days_masks as (

    select active_days_mask, count(*) as users_count
    from (
        select
            user_id,
            bit_or(1::bigint << (activity_date - (%(first)s::date - 27)))
                as active_days_mask
        from user_day_activity
        where activity_date >= %(first)s::date - 27
        group by user_id
    ) as users
    group by active_days_mask

),

-- The 28 days up to each day: it is the highest bit of them.
windows as (

    select
        days.activity_date,
        (active_days_mask >> (days.activity_date - %(first)s::date))::bit(28)
            as active_days,
        users_count
    from days
    cross join active_days_masks

),

rolling_days as (

    select
        activity_date,
        sum(users_count) filter (
            where substring(active_days for 7) <> b'0000000'
        ) as wau_7d,
        sum(users_count) filter (where bit_count(active_days) > 0) as mau_28d
    from windows
    group by activity_date

),

rolling_counts as (

    select
        activity_date,
        daily_counts.dau,
        (coalesce(rolling_days.wau_7d, 0) + coalesce(erased.wau_7d, 0))::bigint as wau_7d,
        (coalesce(rolling_days.mau_28d, 0) + coalesce(erased.mau_28d, 0))::bigint
            as mau_28d,
        daily_counts.is_complete
    from daily_counts
    left join rolling_days using (activity_date)
    left join {{ relations.erased_counts }} as erased using (activity_date)

),

rolling_active_users as (

    select *, dau / nullif(mau_28d, 0)::double precision as dau_mau_ratio
    from rolling_counts

),

-- Those who were erased are on no day's list any more, and so in none of these.
activity_frequency_28d as (

    select
        days.activity_date,
        number::smallint as active_days,
        coalesce(sum(windows.users_count), 0)::bigint as users_count,
        days.is_complete
    from days
    cross join generate_series(1, 28) as number
    left join windows
        on days.activity_date = windows.activity_date
        and number = bit_count(windows.active_days)
    group by days.activity_date, number, days.is_complete

),


-- Days looked back on have no previous ones here, but are not among those compared.
returns as (

    select
        activity_date,
        activity_date - lag(activity_date) over (
            partition by user_id order by activity_date
        ) as days_away
    from user_day_activity

),

return_intervals_28d as (

    select
        days.activity_date,
        number::smallint as days_since_previous,
        count(returns.days_away) as users_count,
        days.is_complete
    from days
    cross join generate_series(1, 28) as number
    left join returns
        on days.activity_date = returns.activity_date
        and number = returns.days_away
    group by days.activity_date, number, days.is_complete

),
