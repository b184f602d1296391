{#- The days for which a model has rows to make: this run's refresh_days, or, where the
    table is built from nothing or all of it, every day of history up to that of the
    latest refresh_days. A day that is gone from history has no rows. -#}
{% macro days_to_build() -%}
    {%- set refresh_days = ref('refresh_days') -%}
    {%- if fast_dau.rebuild_scope() == 'refresh_days' -%}
        {{ refresh_days }} where reason <> 'gone'
    {%- else -%}
        {{ ref('calendar_days') }} where not is_gone and day_starts_at <= {{ fast_dau.refreshed_at() }}
    {%- endif -%}
{%- endmacro %}


{#- The clock by which days are over, in UTC: that of the run that chose the days. A run of
    some tables goes on from there, or it would close days that their inputs never had. -#}
{% macro refreshed_at() -%}
    {%- if execute and fast_dau.is_run()
        and fast_dau.refresh_days_id() not in selected_resources -%}
        (select refreshed_at from {{ fast_dau.rollup_state() }})
    {%- else -%}
        {{ fast_dau.run_at() }}
    {%- endif -%}
{%- endmacro %}
