{#- An expression: the time before, or after, all others. -#}
{% macro infinite_time(sign='') -%}
    {{ return(adapter.dispatch('infinite_time', 'fast_dau')(sign)) }}
{%- endmacro %}


{% macro default__infinite_time(sign) -%}
    '{{ sign }}infinity'
{%- endmacro %}
