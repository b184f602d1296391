{#- A text, to be ordered by code points whatever the server's language. -#}
{% macro by_code_points(text) -%}
    {{ return(adapter.dispatch('by_code_points', 'fast_dau')(text)) }}
{%- endmacro %}


{% macro default__by_code_points(text) -%}
    {{ text }} collate "C"
{%- endmacro %}
