{#- A list of values as SQL string literals, separated by commas. -#}
{% macro string_literals(values) -%}
    {%- for value in values -%}
        {{ dbt.string_literal(dbt.escape_single_quotes(
            adapter.dispatch('escape_backslashes', 'fast_dau')(value | string)
        )) }}
        {{- ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{% macro default__escape_backslashes(text) -%}
    {{ return(text) }}
{%- endmacro %}
