{#- On-run-start: one run at a time on the rollup. What it starts from is settled in the
    transaction that takes the run lock, so that a run that is refused, or fails in it,
    never had the lock. -#}
{% macro start_run() -%}
    {%- if execute and fast_dau.is_run() -%}
    {%- do fast_dau.explain_full_refresh() -%}
    {%- do fast_dau.require_events() -%}
    {%- do fast_dau.refuse_empty() -%}
    {%- do adapter.dispatch('acquire_run_lock', 'fast_dau')() -%}
    {%- set history = fast_dau.find_history() -%}
    {%- set objection = fast_dau.objection_to_definitions() or fast_dau.objection_to_clock()
        or history.objection or fast_dau.objection_to_selection() -%}
    {%- if objection -%}
        {%- do adapter.dispatch('release_run_lock', 'fast_dau')() -%}
        {%- do fast_dau.refuse(objection) -%}
    {%- endif -%}
    {%- do fast_dau.settle_definitions() -%}
    {%- do fast_dau.settle_history(history) -%}
    {%- do fast_dau.settle_clock() -%}
    {%- do fast_dau.open_selected_tables() -%}
    {%- do run_query('commit') if target.type == 'postgres' -%}
    {%- endif -%}
{%- endmacro %}


{#- dbt's own flag does less here than its name says. -#}
{% macro explain_full_refresh() -%}
    {%- if flags.FULL_REFRESH and fast_dau.setting('refresh') != 'start_over' -%}
        {%- do log("fast-dau: --full-refresh rebuilds every day whose events are there, "
            ~ "and keeps the others; to really start over: "
            ~ "fast-dau dbt build --vars 'fast_dau_refresh: start_over'", info=true) -%}
    {%- endif -%}
{%- endmacro %}
