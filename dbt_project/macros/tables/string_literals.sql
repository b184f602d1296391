{#- A list of values as SQL string literals, separated by commas. Of backslashes Spark reads
    two as one. -#}
{% macro string_literals(values) -%}
    {%- for value in values -%}
        {%- set text = value | string -%}
        {%- set text = text | replace('\\', '\\\\') if target.type != 'postgres' else text -%}
        {{ dbt.string_literal(dbt.escape_single_quotes(text)) }}
        {{- ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
