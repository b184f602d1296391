{#- An expression: how many days lie between two dates, negative where the last comes
    first. -#}
{% macro days_between(first, last) -%}
    {{ return(adapter.dispatch('days_between', 'fast_dau')(first, last)) }}
{%- endmacro %}


{% macro default__days_between(first, last) -%}
    ({{ last }} - {{ first }})
{%- endmacro %}


{#- Between two dates, Spark's minus is an interval. -#}
{% macro spark__days_between(first, last) -%}
    datediff({{ last }}, {{ first }})
{%- endmacro %}
