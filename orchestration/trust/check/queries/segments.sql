{#- The users of each segment's values, from the events of the days compared. -#}
{% from 'compared.sql' import compared with context %}
{% from 'valid_events.sql' import valid_events, is_recounted with context %}
with segment_events as (

    {{ valid_events(columns=segments | map(attribute='column')) }}

),

-- A value that is called as a group of them is told apart by quotes.
user_values as (

    select distinct
        activity_date,
        segment,
        case
            when value in ('(none)', '(other)') then '"' || value || '"' else value
        end as value,
        user_id
    from segment_events
    cross join lateral (
        values
        {% for segment in segments %}
        ({{ segment.name }}, value_{{ loop.index }}){{ ',' if not loop.last }}
        {% else %}
        (null::text, null::text)
        {% endfor %}
    ) as segment_values (segment, value)
    where
        segment is not null
        and {{ is_recounted() }}

),

most_used as (

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

daily_active_users_by_segment as (

    select
        activity_date,
        segment,
        case
            when value is null then '(none)'
            when place <= %(max_segment_values)s then value
            else '(other)'
        end as value,
        count(distinct user_id) as dau
    from user_values
    left join most_used using (activity_date, segment, value)
    group by 1, 2, 3

)

{{ compared(tables) }}
