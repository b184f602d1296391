{#- Overrides dbt, for the tables of `replace_days`: they are built from nothing by a run
    that starts over, and by those after it until one has ended that. dbt's own
    --full-refresh keeps history whose events were purged, as `refresh: full` does. -#}
{% macro should_full_refresh() -%}
    {%- set own = config.get('full_refresh') -%}
    {%- if own is not none -%}
        {{ return(own) }}
    {%- elif config.get('incremental_strategy') != 'replace_days' -%}
        {{ return(flags.FULL_REFRESH) }}
    {%- endif -%}
    {{ return(execute and is_starting_over()) }}
{%- endmacro %}


{% macro is_starting_over() -%}
    {%- if var('refresh') == 'start_over' -%}
        {{ return(true) }}
    {%- elif flags.WHICH not in ['build', 'run', 'retry', 'test'] and not is_built('rollup_state') -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set state = run_query("select is_starting_over from " ~ rollup_state()) -%}
    {{ return(state.columns[0].values()[0]) }}
{%- endmacro %}
