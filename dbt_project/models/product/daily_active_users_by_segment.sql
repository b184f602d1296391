{{ config(
    unique_key=['activity_date', 'segment', 'value'],
    meta={
        'influence_days': 0,
        'defined_by': ['segments', 'max_segment_values'],
    },
    post_hook=[
        "{{ ensure_index(['activity_date', 'segment', 'value'], unique=true) }}",
        "{{ note_definition() }}",
        "{{ refuse_purge_meanwhile() }}",
    ],
) }}

with days as (

    select * from {{ days_to_build() }}

),

events as (

    select * from {{ ref('stg_events') }}

)

-- Day by day, as in user_day_activity.
select
    days.activity_date,
    shown_values.segment,
    shown_values.value,
    shown_values.dau
from days
cross join lateral ( -- noqa: ST05

    with user_values as (

        select distinct
            segment_values.segment,
            segment_values.value,
            events.user_id
        from events
        cross join lateral ({{ segment_values() }}) as segment_values
        where {{ is_active_event() }}

    ),

    -- By code points, so that the order of equals is the same on every server.
    places as (

        select
            segment,
            value,
            count(*) as users_count,
            row_number() over (
                partition by segment, value is null
                order by count(*) desc, value collate "C"
            ) as place
        from user_values
        group by segment, value

    )

    select
        segment,
        case
            when value is null then '(none)'
            -- A value that really is called so.
            when value in ('(none)', '(other)') then '"' || value || '"'
            else value
        end as value, -- noqa: RF04
        users_count as dau
    from places
    where
        value is null
        or place <= {{ var('max_segment_values') }}
    union all
    select
        user_values.segment,
        '(other)' as value, -- noqa: RF04
        count(distinct user_values.user_id) as dau
    from user_values
    inner join places
        on
            user_values.segment = places.segment
            and user_values.value = places.value
    where places.place > {{ var('max_segment_values') }}
    group by user_values.segment

) as shown_values
