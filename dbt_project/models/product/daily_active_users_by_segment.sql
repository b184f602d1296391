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

),

user_values as (

    select distinct
        days.activity_date,
        segments.segment,
        segments.value,
        segments.user_id
    from days
    cross join lateral (
        select
            segment_values.segment,
            segment_values.value,
            events.user_id
        from events
        cross join lateral ({{ segment_values() }}) as segment_values
        where {{ is_active_event() }}
    ) as segments

),

-- By code points, so that the order of equals is the same on every server.
places as (

    select
        activity_date,
        segment,
        value,
        row_number() over (
            partition by activity_date, segment
            order by count(*) desc, value collate "C"
        ) as place
    from user_values
    where value is not null
    group by activity_date, segment, value

),

shown_values as (

    select
        user_values.activity_date,
        user_values.segment,
        user_values.user_id,
        case
            when user_values.value is null then '(none)'
            when places.place > {{ var('max_segment_values') }} then '(other)'
            -- A value that really is called so.
            when user_values.value in ('(none)', '(other)')
                then '"' || user_values.value || '"'
            else user_values.value
        end as shown_value
    from user_values
    left join places
        on
            user_values.activity_date = places.activity_date
            and user_values.segment = places.segment
            and user_values.value = places.value

)

select
    activity_date,
    segment,
    shown_value as value, -- noqa: RF04
    count(distinct user_id) as dau
from shown_values
group by activity_date, segment, shown_value
