{#- The engine's name of a type, from the contract's. -#}
{% macro sql_type(data_type) -%}
    {{ return(adapter.dispatch('sql_type', 'fast_dau')(data_type)) }}
{%- endmacro %}


{% macro default__sql_type(data_type) -%}
    {{ data_type }}
{%- endmacro %}
