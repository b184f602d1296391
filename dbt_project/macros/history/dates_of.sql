{#- The columns of a query's one row, dates all of them, as ISO texts or none. -#}
{% macro dates_of(query) -%}
    {%- set found = run_query(query) -%}
    {%- set dates = {} -%}
    {%- for name in found.column_names -%}
        {%- set value = found.rows[0][name] -%}
        {%- do dates.update({name: value | string if value is not none else none}) -%}
    {%- endfor -%}
    {{ return(dates) }}
{%- endmacro %}
