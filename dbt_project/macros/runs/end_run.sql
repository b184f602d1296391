{#- On-run-end: notes what was built, gives the run lock back, and says what the first build
    found. Whatever a start hook left of its transaction is taken back first. -#}
{% macro end_run(results) -%}
    {%- if execute and fast_dau.is_run() and fast_dau.is_built('rollup_state') -%}
    {%- do run_query(
        "rollback; begin isolation level read committed; select 1 from "
        ~ fast_dau.rollup_state() ~ " where run_id = '" ~ invocation_id ~ "' for update"
    ) if target.type == 'postgres' -%}
    {%- if fast_dau.holds_run_lock() -%}
        {%- do fast_dau.note_definitions(results) if target.type == 'spark' -%}
        {%- do fast_dau.note_built(results) -%}
        {%- do fast_dau.write_state({'run_id': 'null'}) -%}
    {%- endif -%}
    {%- do run_query('commit') if target.type == 'postgres' -%}
    {%- do fast_dau.say_found(results) -%}
    {%- endif -%}
{%- endmacro %}
