{#- A query: of `places`, those that are shown, and how many of `user_values` the others
    have together. -#}
{% macro shown_segment_values() -%}
    {{ adapter.dispatch('shown_segment_values', 'fast_dau')(fast_dau.setting('max_segment_values')) }}
{%- endmacro %}


{#- Users are counted once more only where values are counted together. -#}
{% macro default__shown_segment_values(most) -%}
    select
        segment,
        value,
        dau
    from places
    where place <= {{ most }}
    union all
    select
        places.segment,
        '(other)' as value,
        count(distinct user_values.user_id) as dau
    from places
    inner join user_values
        on
            places.segment = user_values.segment
            and places.value = user_values.value
    where places.place > {{ most }}
    group by places.segment
{%- endmacro %}
