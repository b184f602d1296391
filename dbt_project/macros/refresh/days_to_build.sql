{#- The days for which a model has rows to make: this run's refresh_days, or, where the
    table is built from nothing or all of it, every day of history up to that of the
    latest refresh_days. A day that is gone from history has no rows. -#}
{% macro days_to_build() -%}
    {%- set first_day = fast_dau.first_whole_day() -%}
    {%- do ref('refresh_days') if not execute -%}
    {%- if fast_dau.rebuild_scope() == 'refresh_days' -%}
        {{ ref('refresh_days') }} where reason <> 'gone'
    {%- else -%}
        {{ ref('calendar_days') }} where not is_gone and day_starts_at <= {{ fast_dau.refreshed_at() }}
    {%- endif -%}
    {{ " and activity_date >= date '" ~ first_day ~ "'" if first_day }}
{%- endmacro %}
