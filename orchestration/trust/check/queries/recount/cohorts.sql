{#- The cells of the days compared, whatever their cohort; and those that come later of the
    cohorts of these days, which are shown on the cohort's day. -#}
,

published_cohort_retention as (

    -- Cohort by cohort, a range of the index each.
    select cells.*, cells.cohort_date + cells.day_number as activity_date
    from generate_series(
        0, %(cohort_days)s + (%(last)s::date - %(first)s::date)
    ) as days_before
    cross join lateral (
        select * from {{ relations.cohort_retention }}
        where
            cohort_date = %(last)s::date - days_before
            and day_number between
            days_before - (%(last)s::date - %(first)s::date) and days_before
    ) as cells
    union all
    select *, cohort_date as activity_date
    from {{ relations.cohort_retention }}
    where
        cohort_date between %(first)s and %(last)s
        and cohort_date + day_number > %(last)s

),

cells as (

    select
        activity_date,
        activity_date - day_number as cohort_date,
        day_number,
        is_complete,
        true as is_counted
    from days
    cross join generate_series(0, %(cohort_days)s) as day_number
    where activity_date - day_number >= %(first_day)s
    union all
    select
        activity_date,
        activity_date as cohort_date,
        day_number,
        activity_date + day_number <= least(%(last_over)s::date, %(today)s - 1),
        false as is_counted
    from days
    cross join generate_series(0, %(cohort_days)s) as day_number
    where activity_date + day_number > %(last)s

),

active_users as (

    select
        active.activity_date,
        lifetimes.first_activity_date as cohort_date,
        count(*) as users_count
    from user_day_activity as active
    inner join lifetimes using (user_id)
    where active.activity_date >= %(first)s
    group by 1, 2

),

-- What other days would tell is taken from the table: how large earlier cohorts are, and
-- who was active later.
counted_cells as (

    select
        cells.activity_date,
        cells.cohort_date,
        cells.day_number,
        case
            when cells.cohort_date >= %(first)s then coalesce(arrivals.new_users, 0)
            else published.cohort_size
        end as cohort_size,
        case
            when cells.is_complete and cells.is_counted
                then coalesce(active_users.users_count, 0)
            when cells.is_complete then published.active_users
        end as active_users
    from cells
    left join published_cohort_retention as published
        using (activity_date, cohort_date, day_number)
    left join active_users
        on cells.is_counted
        and cells.activity_date = active_users.activity_date
        and cells.cohort_date = active_users.cohort_date
    left join arrivals on cells.cohort_date = arrivals.activity_date

),

cohort_retention as (

    select *, active_users / nullif(cohort_size, 0)::double precision as retention_rate
    from counted_cells

)
