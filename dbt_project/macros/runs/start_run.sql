{#- On-run-start: one run at a time on the rollup. What it starts from is settled in the
    transaction that takes the run lock, so that a run that is refused, or fails in it,
    never had the lock: dbt closes its session then. -#}
{% macro start_run() -%}
    {%- if execute and fast_dau.is_run() -%}
    {#- dbt's own flag does less here than its name says. -#}
    {%- if flags.FULL_REFRESH and fast_dau.setting('refresh') != 'start_over' -%}
        {%- do log("fast-dau: --full-refresh rebuilds every day whose events are there, "
            ~ "and keeps the others; to really start over: "
            ~ "fast-dau dbt build --vars 'fast_dau_refresh: start_over'", info=true) -%}
    {%- endif -%}
    {%- do fast_dau.require_events() -%}
    {%- if flags.EMPTY and fast_dau.is_built('refresh_days') -%}
        {%- do fast_dau.refuse("--empty builds tables from no events at all, and "
            ~ fast_dau.state_schema()
            ~ " has tables that are built: use it in a schema of its own") -%}
    {%- endif -%}
    {%- do adapter.dispatch('acquire_run_lock', 'fast_dau')() -%}
    {%- do fast_dau.refuse_other_definitions() -%}
    {%- set days_to_come = fast_dau.days_to_come() -%}
    {%- set history = fast_dau.find_history() -%}
    {%- do fast_dau.refuse_empty_backfill() -%}
    {%- do fast_dau.refuse_selection() -%}
    {%- do fast_dau.settle_definitions() -%}
    {%- do fast_dau.settle_reading_of_events() -%}
    {%- do fast_dau.settle_history(history) -%}
    {%- do fast_dau.settle_days_to_come(days_to_come) -%}
    {%- do fast_dau.open_selected_tables() -%}
    {%- do run_query('commit') if target.type == 'postgres' -%}
    {%- endif -%}
{%- endmacro %}
