{#- On-run-start: dbt's own flag does less than its name says. -#}
{% macro explain_full_refresh() -%}
    {%- if execute and fast_dau.is_run() and flags.FULL_REFRESH
        and var('refresh') != 'start_over' -%}
        {%- do log("fast-dau: --full-refresh rebuilds every day whose events are there, "
            ~ "and keeps the others; to really start over: "
            ~ "fast-dau dbt build --vars 'refresh: start_over'", info=true) -%}
    {%- endif -%}
{%- endmacro %}
