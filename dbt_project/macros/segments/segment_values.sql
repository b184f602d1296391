{#- A query on an event: a row for each segment of var `segments`, with its value. Cut,
    because an index holds it. -#}
{% macro segment_values() -%}
    {%- for name, expression in (var('segments') or {}).items() %}
    select
        {{ string_literals([name]) }} as segment,
        left(({{ expression }})::text, 200) as value
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        null::text as segment,
        null::text as value
    where false
    {%- endfor %}
{%- endmacro %}
