{#- A predicate: whether the latest run rebuilt a day, for tests of no others. -#}
{% macro is_refreshed_day(column) -%}
    {{ return(adapter.dispatch('is_refreshed_day', 'fast_dau')(column)) }}
{%- endmacro %}


{% macro default__is_refreshed_day(column) -%}
    {{ column }} in (select activity_date from {{ ref('refresh_days') }})
{%- endmacro %}
