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
            events.segment,
            case
                when events.value is null then '(none)'
                -- A value that really is called so.
                when events.value in ('(none)', '(other)')
                    then '"' || events.value || '"'
                else events.value
            end as value, -- noqa: RF04
            events.user_id
        from segment_events as events
        where {{ is_active_event() }}

    ),

    -- By code points, so that the order of equals is the same on every server.
    places as (

        select
            segment,
            value,
            row_number() over (
                partition by segment, value = '(none)'
                order by count(*) desc, {{ by_code_points('value') }}
            ) as place
        from user_values
        group by segment, value

    ),

    shown_users as (

        select distinct
            user_values.segment,
            case
                when
                    user_values.value = '(none)'
                    or places.place <= {{ setting('max_segment_values') }}
                    then user_values.value
                else '(other)'
            end as value, -- noqa: RF04
            user_values.user_id
        from user_values
        inner join places
            on
                user_values.segment = places.segment
                and user_values.value = places.value

    )

    select
        segment,
        value,
        count(*) as dau
    from shown_users
    group by segment, value

) as shown_values
