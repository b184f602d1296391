{{ config(enabled=target.type == 'postgres') }}

{% set today = local_date("(now() at time zone 'UTC')") %}

with open_days as (

    select coalesce(min(activity_date), {{ today }}) as first_date
    from {{ ref('daily_active_users') }}
    where not is_complete

),

user_days as (

    select
        user_id,
        {{ today }} - activity_date as days_ago
    from {{ ref('live_user_days') }}
    where
        activity_date >= {{ today }} - 7
        and user_id is not null
    union all
    select
        user_day_activity.user_id,
        {{ today }} - user_day_activity.activity_date as days_ago
    from open_days
    cross join {{ ref('user_day_activity').render() }} as user_day_activity
    where
        user_day_activity.activity_date >= {{ today }} - 7
        and user_day_activity.activity_date < open_days.first_date

),

looked_back as (

    select
        user_id,
        bool_or(days_ago = 0) as is_active,
        min(days_ago) filter (where days_ago > 0) as days_since_previous,
        bit_or(1 << (days_ago - 1)) filter (where days_ago > 0) as active_days_mask
    from user_days
    group by user_id

)

select
    {{ today }} as activity_date,
    user_id,
    {{ today }} - days_since_previous as previous_activity_date,
    days_since_previous::smallint as days_since_previous,
    active_days_mask::smallint as active_days_mask
from looked_back
where
    is_active
    and days_since_previous is not null
