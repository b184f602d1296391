{#- The days for which a model has rows to make: this run's refresh_days, or, where the
    table is built from nothing or all of it, every day of history, whatever stands in
    refresh_days. A day that is gone from history has no rows. -#}
{% macro days_to_build() -%}
    {%- set refresh_days = ref('refresh_days') -%}
    {%- if is_incremental() and not builds_all_days() -%}
        {{ refresh_days }} where reason <> 'gone'
    {%- else -%}
        {{ ref('calendar_days') }} where not is_gone
    {%- endif -%}
{%- endmacro %}
