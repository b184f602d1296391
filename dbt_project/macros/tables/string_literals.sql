{#- A list of values as SQL string literals, separated by commas. -#}
{% macro string_literals(values) -%}
    {%- for value in values -%}
        {{ dbt.string_literal(dbt.escape_single_quotes(value | string)) }}
        {{- ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
