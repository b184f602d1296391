{{ config(
    unique_key=['activity_date', 'user_id'],
    partition_by='activity_date',
    meta={'influence_days': 7, 'is_made_of_tables': true},
    post_hook="{{ ensure_index(['user_id', 'activity_date']) }}",
) }}

with user_days as (

    -- Counted back from the last date there is: in whole numbers, whose ranges a window
    -- finds faster than those of dates. To Spark, dates lie an interval apart.
    select
        user_id,
        activity_date,
        (date '9999-12-31' - activity_date)::int as days_left
    from {{ ref('user_day_activity') }}
    where {{ is_affected_day('activity_date', days_before=7) }}

),

-- Modulo 8 it is a place in a ring of 8 days, in which a day and the 7 before it never
-- meet.
looked_back as (

    select
        activity_date,
        user_id,
        (days_left + 1) % 8 as turn,
        lag(activity_date) over (
            partition by user_id order by days_left desc
        ) as previous_activity_date,
        bit_or(1 << (days_left % 8)) over (
            partition by user_id order by days_left desc
            range between 7 preceding and 1 preceding
        ) as ring_mask
    from user_days

)

-- The ring is turned until D-1 is bit 0 and D-7 is bit 6.
select
    activity_date,
    user_id,
    previous_activity_date,
    (activity_date - previous_activity_date)::smallint as days_since_previous,
    (((ring_mask >> turn) | (ring_mask << (8 - turn))) & 255)::smallint
        as active_days_mask
from looked_back
where
    ring_mask is not null
    and {{ is_affected_day('activity_date') }}
{% if rebuild_scope() == 'everything' %}
    -- The window's order is by user; so a day's list lies on few pages.
    order by activity_date, user_id
{% endif %}
