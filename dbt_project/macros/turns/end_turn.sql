{#- On-run-end: gives the turn back. Where every model that depends on refresh_days has
    been rebuilt by this run, nothing is left undone, and the changes that it read are
    struck from the change log; those that came later stay. -#}
{% macro end_turn(results) -%}
    {%- if execute -%}
        {{ adapter.dispatch('close_run', 'fast_dau')(results) }}
    {%- endif -%}
{%- endmacro %}


{% macro default__close_run(results) -%}
    {%- if has_rebuilt_all(results) -%}
    {%- if change_log_exists() -%}
    -- A transaction of the future, seen already, is one of a server that was dumped.
    delete from {{ change_log() }}
    using {{ rollup_state() }} as state
    where
        state.run_id = '{{ invocation_id }}'
        and (
            pg_visible_in_snapshot(transaction_id, state.change_log_snapshot)
            or transaction_id >= pg_snapshot_xmax(pg_current_snapshot())
        );
    {%- endif -%}
    {%- if is_built('moved_days') %}
    delete from {{ rollup_relation('moved_days') }}
    where exists (
        select from {{ rollup_state() }} where run_id = '{{ invocation_id }}'
    );
    {%- endif %}
    update {{ rollup_state() }} set is_unfinished = false, is_starting_over = false
    where run_id = '{{ invocation_id }}';
    {%- endif -%}
    update {{ rollup_state() }} set run_id = null where run_id = '{{ invocation_id }}';
    commit
{%- endmacro %}


{#- Without transactions, what each table was built with is noted when all have ended. -#}
{% macro spark__close_run(results) -%}
    {%- if has_turn() -%}
    {%- set kept = run_query("select model_vars from " ~ rollup_state()) -%}
    {%- set model_vars = fromjson(kept.columns[0].values()[0]) -%}
    {%- for result in results if result.status == 'success' and definition_of(result.node) -%}
        {%- do model_vars.update({result.node.name: definition_of(result.node)}) -%}
    {%- endfor -%}
    {%- set values = {'model_vars': string_literals([tojson(model_vars)]), 'run_id': 'null'} -%}
    {%- if has_rebuilt_all(results) -%}
        {%- do run_query('insert overwrite table ' ~ rollup_relation('moved_days')
            ~ ' select null::date, null::string where false') -%}
        {%- do values.update({'is_unfinished': 'false', 'is_starting_over': 'false'}) -%}
    {%- endif -%}
    {%- do write_state(values) -%}
    {%- endif -%}
{%- endmacro %}


{#- Whether refresh_days, and every table that depends on it, succeeded in this run. -#}
{% macro has_rebuilt_all(results) -%}
    {%- set succeeded = results | selectattr('status', 'in', ['success'])
        | map(attribute='node.unique_id') | list -%}
    {%- set wanted = ['model.fast_dau.refresh_days'] -%}
    {%- set models = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | list -%}
    {%- for _ in models -%}
        {%- for model in models if model.unique_id not in wanted -%}
            {%- if model.depends_on.nodes | select('in', wanted) | list -%}
                {%- do wanted.append(model.unique_id) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set tables = models | rejectattr('config.materialized', 'equalto', 'ephemeral')
        | selectattr('unique_id', 'in', wanted) | map(attribute='unique_id') -%}
    {{ return(tables | reject('in', succeeded) | list | length == 0) }}
{%- endmacro %}
