{#- An expression: the time before, or after, all others. -#}
{% macro infinite_time(sign='') -%}
    {{ return(adapter.dispatch('infinite_time', 'fast_dau')(sign)) }}
{%- endmacro %}


{% macro default__infinite_time(sign) -%}
    '{{ sign }}infinity'
{%- endmacro %}


{#- Spark has none: the ends of its calendar, of which both `fast-dau export` and Spark's
    own reader of Postgres make use. -#}
{% macro spark__infinite_time(sign) -%}
    timestamp '{{ '0001-01-01 00:00:00' if sign else '9999-12-31 23:59:59' }}'
{%- endmacro %}
