{#- A predicate: whether the latest run rebuilt a day, for tests of no others. By their dates,
    without which Spark would look into the folders of all days. -#}
{% macro is_refreshed_day(column) -%}
    {%- set refreshed = 'select activity_date from ' ~ ref('refresh_days') -%}
    {%- if execute and fast_dau.is_built('refresh_days') -%}
        {{ fast_dau.is_one_of(column, fast_dau.days_found(refreshed) | sort) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
