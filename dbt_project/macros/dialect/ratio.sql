{#- An expression: one count divided by another, null where that is 0. -#}
{% macro ratio(part, whole) -%}
    {{ part }} / nullif({{ whole }}, 0)::{{ fast_dau.sql_type('double precision') }}
{%- endmacro %}
