{#- On-run-end: notes what was built, and gives the turn back. -#}
{% macro end_turn(results) -%}
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


{#- Without transactions, what each table was defined by is noted when all have ended. -#}
{% macro spark__close_run(results) -%}
    {%- if fast_dau.has_turn() -%}
    {%- set model_vars = fromjson(fast_dau.read_state('model_vars')['model_vars']) -%}
    {%- for result in results if result.status == 'success'
        and fast_dau.definition_of(result.node) -%}
        {%- do model_vars.update({result.node.name: fast_dau.definition_of(result.node)}) -%}
    {%- endfor -%}
    {%- do fast_dau.note_built(results) -%}
    {%- do fast_dau.write_state({
        'model_vars': fast_dau.string_literals([tojson(model_vars)]), 'run_id': 'null'
    }) -%}
    {%- endif -%}
{%- endmacro %}
