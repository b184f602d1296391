{#- A query: the users of each value of each segment, in the `segment_events` of the day of
    `days`. -#}
{% macro segment_users() -%}
    {{ adapter.dispatch('segment_users', 'fast_dau')(fast_dau.setting('segments') or {}) }}
{%- endmacro %}


{#- Each set groups by the column of one segment; the columns of the others are null. -#}
{% macro default__segment_users(segments) -%}
    {%- set columns = [] -%}
    select
        case
        {%- for name in segments or [''] %}
            {%- do columns.append('events.value_' ~ loop.index) %}
            when grouping({{ columns[-1] }}) = 0 then {{ fast_dau.string_literals([name]) }}
        {%- endfor %}
        end as segment,
        coalesce({{ columns | join(', ') }}) as value,
        events.user_id
    from segment_events as events
    where {{ fast_dau.is_active_event() }}
    group by events.user_id, grouping sets (({{ columns | join('), (') }}))
{%- endmacro %}
