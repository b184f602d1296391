{#- Has the planner work a common table expression out once, by itself. -#}
{% macro materialized() -%}
    {{ return(adapter.dispatch('materialized', 'fast_dau')()) }}
{%- endmacro %}


{% macro default__materialized() -%}
    materialized
{%- endmacro %}
