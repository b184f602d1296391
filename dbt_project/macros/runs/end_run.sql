{#- On-run-end: notes what was built, and gives the run lock back. -#}
{% macro end_run(results) -%}
    {%- if execute and fast_dau.is_run() and fast_dau.is_built('rollup_state') -%}
        {{ adapter.dispatch('close_run', 'fast_dau')(results) }}
    {%- endif -%}
{%- endmacro %}


{#- Whatever a start hook left of its transaction is taken back first. -#}
{% macro default__close_run(results) -%}
    {%- do run_query('rollback; begin isolation level read committed') -%}
    {%- set ours = run_query(
        "select run_id from " ~ fast_dau.rollup_state() ~ " where run_id = '" ~ invocation_id
        ~ "' for update"
    ) -%}
    {%- if ours | length -%}
        {%- do fast_dau.note_built(results) -%}
        {%- do fast_dau.write_state({'run_id': 'null'}) -%}
    {%- endif -%}
    {%- do run_query('commit') -%}
{%- endmacro %}
