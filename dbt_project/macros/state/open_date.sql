{#- An expression: the first day that was not over when all tables were last built. -#}
{% macro open_date() -%}
    {%- if execute and fast_dau.is_built('rollup_state') -%}
    (select open_date from {{ fast_dau.rollup_state() }})
    {%- else -%}
    null::date
    {%- endif -%}
{%- endmacro %}
