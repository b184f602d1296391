{#- A predicate: whether the latest run rebuilt a day, for tests of no others. By their dates,
    without which Spark would look into the folders of all days. -#}
{% macro is_refreshed_day(column) -%}
    {#- So that dbt's parser knows that the test reads it. -#}
    {%- do ref('refresh_days') if not execute -%}
    {%- if execute and fast_dau.is_built('refresh_days') -%}
        {{ fast_dau.is_one_of(column, fast_dau.refreshed_days() | sort) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
