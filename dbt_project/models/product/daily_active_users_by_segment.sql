{{ config(
    unique_key=['activity_date', 'segment', 'value'],
    partition_by='activity_date',
    meta={
        'influence_days': 0,
        'defined_by': ['segments', 'max_segment_values'],
    },
    post_hook="{{ refuse_purge_meanwhile() }}",
) }}

with days as (

    select * from {{ days_to_build() }}

),

segment_events as (

    {{ segment_events() }}

)

-- Day by day, as in user_day_activity.
select
    days.activity_date,
    shown_values.*
from days
cross join lateral ( -- noqa: ST05

    with user_values as (

        select distinct
            segment,
            case
                when value is null then '(none)'
                -- A value that really is called so.
                when value in ('(none)', '(other)') then '"' || value || '"'
                else value
            end as value, -- noqa: RF04
            user_id
        from ({{ segment_users() }}) as segment_users

    ),

    -- By code points, so that the order of equals is the same on every server. Those
    -- without a value are ranked apart: their place is always the first.
    places as (

        select
            segment,
            value,
            count(*) as dau,
            row_number() over (
                partition by segment, value = '(none)'
                order by count(*) desc, {{ by_code_points('value') }}
            ) as place
        from user_values
        group by segment, value

    )

    {{ shown_segment_values() }}

) as shown_values
