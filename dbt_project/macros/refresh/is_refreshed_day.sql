{#- A predicate: whether the latest run rebuilt a day, for tests of no others. -#}
{% macro is_refreshed_day(column) -%}
    {{ return(adapter.dispatch('is_refreshed_day', 'fast_dau')(column)) }}
{%- endmacro %}


{% macro default__is_refreshed_day(column) -%}
    {{ column }} in (select activity_date from {{ ref('refresh_days') }})
{%- endmacro %}


{#- Spark looks into the folders of these days only where it is told their dates. -#}
{% macro spark__is_refreshed_day(column) -%}
    {%- set refreshed = 'select activity_date from ' ~ ref('refresh_days') -%}
    {%- if execute and fast_dau.is_built('refresh_days') -%}
        {{ fast_dau.is_one_of(column, fast_dau.days_found(refreshed) | sort) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
