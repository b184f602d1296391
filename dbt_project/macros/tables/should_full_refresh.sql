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


{#- Asked many times by each model, so that a run notes it once among the relations that
    dbt knows of, in memory, under the name of a table that is never made. -#}
{% macro is_starting_over() -%}
    {%- if var('refresh') == 'start_over' -%}
        {{ return(true) }}
    {%- elif is_run() -%}
        {{ return(is_built('note: starting over')) }}
    {%- endif -%}
    {{ return(is_built('rollup_state') and starting_over_was_not_ended()) }}
{%- endmacro %}


{% macro note_starting_over() -%}
    {%- if starting_over_was_not_ended() -%}
        {%- set note = rollup_relation('note: starting over') -%}
        {%- do adapter.cache_added(note.incorporate(type='table')) -%}
    {%- endif -%}
{%- endmacro %}


{% macro starting_over_was_not_ended() -%}
    {{ return(read_state('is_starting_over')['is_starting_over']) }}
{%- endmacro %}
