{#- The relation of days that a model reads: this run's refresh_days, or, where the
    table is built from nothing, all of history, whatever stands in refresh_days. -#}
{% macro days_to_build() -%}
    {%- set refresh_days = ref('refresh_days') -%}
    {%- set calendar_days = ref('calendar_days') -%}
    {{ refresh_days if is_incremental() else calendar_days }}
{%- endmacro %}
