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
