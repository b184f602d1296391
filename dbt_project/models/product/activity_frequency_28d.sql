{{ config(
    unique_key=['activity_date', 'active_days'],
    meta={'influence_days': 27, 'is_made_of_tables': true},
) }}

{% set days_left = "(date '9999-12-31' - activity_date)::int" %}

with days as (

    select
        activity_date,
        is_complete,
        {{ days_left }} - {{ days_left }} % 28 as block,
        {{ days_left }} % 28 as place
    from {{ ref('daily_active_users') }}
    where {{ is_affected_day('activity_date') }}

),

-- The calendar is cut into blocks of 28 days, counted back from the last date there is;
-- of each block a user has a bit for every active day.
blocks as (

    select
        user_id,
        {{ days_left }} - {{ days_left }} % 28 as block,
        bit_or(1::bigint << ({{ days_left }} % 28)) as day_mask
    from {{ ref('user_day_activity') }}
    where {{ is_affected_day('activity_date', days_before=27) }}
    group by user_id, block

),

-- With the 28 days before it above its own, a block has the window of each of its days.
windows as (

    select
        user_id,
        block,
        bit_or(day_mask) as day_mask
    from (
        select * from blocks
        union all
        select
            user_id,
            block - 28 as block,
            day_mask << 28 as day_mask
        from blocks
    ) as neighbours
    group by user_id, block

),

-- Many users come and go alike: each mask is looked at once.
masks as (

    select
        block,
        day_mask,
        count(*) as users_count
    from windows
    group by block, day_mask

),

counted_days as (

    select
        days.activity_date,
        {{ count_bits('masks.day_mask >> days.place', 28) }} as active_days,
        sum(masks.users_count)::bigint as users_count
    from days
    inner join masks
        on days.block = masks.block
    group by days.activity_date, active_days

)

select
    days.activity_date,
    numbers.active_days::smallint as active_days,
    coalesce(counted_days.users_count, 0) as users_count,
    days.is_complete
from days
cross join {{ whole_numbers(1, 28) }} as numbers (active_days)
left join counted_days
    on
        days.activity_date = counted_days.activity_date
        and numbers.active_days = counted_days.active_days
