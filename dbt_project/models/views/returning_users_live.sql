{% set today = local_date("(now() at time zone 'UTC')") %}

with open_days as (

    select min(activity_date) as first_date
    from {{ ref('daily_active_users') }}
    where not is_complete

),

user_days as (

    select
        activity_date,
        user_id
    from {{ ref('live_user_days') }}
    where
        activity_date >= {{ today }} - 7
        and user_id is not null
    union all
    select
        user_day_activity.activity_date,
        user_day_activity.user_id
    from open_days
    cross join {{ ref('user_day_activity') }} as user_day_activity
    where
        user_day_activity.activity_date >= {{ today }} - 7
        and user_day_activity.activity_date < coalesce(
            open_days.first_date, {{ today }}
        )

),

looked_back as (

    select
        user_id,
        bool_or(activity_date = {{ today }}) as is_active,
        max(activity_date) filter (where activity_date < {{ today }})
            as previous_activity_date,
        bit_or(1 << ({{ today }} - activity_date - 1))
            filter (where activity_date < {{ today }})
            as active_days_mask
    from user_days
    group by user_id

)

select
    {{ today }} as activity_date,
    user_id,
    previous_activity_date,
    ({{ today }} - previous_activity_date)::smallint as days_since_previous,
    active_days_mask::smallint as active_days_mask
from looked_back
where
    is_active
    and previous_activity_date is not null
