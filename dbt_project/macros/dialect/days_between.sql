{#- An expression: how many days lie between two dates, negative where the last comes
    first. -#}
{% macro days_between(first, last) -%}
    {{ return(adapter.dispatch('days_between', 'fast_dau')(first, last)) }}
{%- endmacro %}


{% macro default__days_between(first, last) -%}
    ({{ last }} - {{ first }})
{%- endmacro %}
