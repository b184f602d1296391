{#- A query: the valid events, with the value that each segment in `segments` has. -#}
{% macro segment_events() -%}
    select
        events.*,
        {{ adapter.dispatch('segment_values', 'fast_dau')(fast_dau.setting('segments') or {}) }}
{%- endmacro %}


{#- A column for each segment, so that an event is read once for all of them. Cut, because
    an index holds it. -#}
{% macro default__segment_values(segments) -%}
        {%- for expression in segments.values() %}
        left({{ fast_dau.segment_value(expression) }}, 200) as value_{{ loop.index }}{{ ',' if not loop.last }}
        {%- else %}
        null::text as value_1
        {%- endfor %}
    from {{ ref('stg_events').render() }} as events
    {{ 'where false' if not segments }}
{%- endmacro %}
