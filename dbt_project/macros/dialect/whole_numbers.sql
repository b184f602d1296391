{#- A relation of one column: the whole numbers from one to another; none where the last
    comes first. -#}
{% macro whole_numbers(first, last) -%}
    {{ return(adapter.dispatch('whole_numbers', 'fast_dau')(first, last)) }}
{%- endmacro %}


{% macro default__whole_numbers(first, last) -%}
    generate_series({{ first }}, {{ last }})
{%- endmacro %}
