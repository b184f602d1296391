{#- A query: the valid events, each once for every segment in `segments`, with its
    value. Cut, because an index holds it. -#}
{% macro segment_events() -%}
    select
        events.*,
        {{ adapter.dispatch('segment_values', 'fast_dau')(fast_dau.setting('segments') or {}) }}
{%- endmacro %}


{% macro default__segment_values(segments) -%}
        segment_values.segment,
        segment_values.value
    from {{ ref('stg_events').render() }} as events
    cross join lateral (
        {%- for name, expression in segments.items() %}
        select
            {{ fast_dau.string_literals([name]) }} as segment,
            left({{ fast_dau.segment_value(expression) }}, 200) as value
        {{ 'union all' if not loop.last }}
        {%- else %}
        select
            null::text as segment,
            null::text as value
        where false
        {%- endfor %}
    ) as segment_values
{%- endmacro %}
