{#- What this run rebuilds of a model's table:
    - everything: it is not there, or a run that starts over has not been ended;
    - history: every day whose events are all there, by dbt's --full-refresh, or because a
      variable that the table is `defined_by` has changed;
    - refresh_days: what the days in refresh_days can change. -#}
{% macro rebuild_scope() -%}
    {%- if not execute or not fast_dau.is_table(this) or fast_dau.run_kind() == 'start_over' -%}
        {{ return('everything') }}
    {%- endif -%}
    {%- set defined_by = fast_dau.definition_of(model) -%}
    {%- set is_redefined = defined_by
        and fromjson(fast_dau.state_once()['model_vars']).get(model.name) != defined_by -%}
    {{ return('history' if flags.FULL_REFRESH or is_redefined else 'refresh_days') }}
{%- endmacro %}


{#- Keeps those values, in the transaction that built the table with them. -#}
{% macro note_definition() -%}
    {%- set values = fast_dau.string_literals([tojson(fast_dau.definition_of(model))])
        ~ '::jsonb' -%}
    {%- if fast_dau.definition_of(model) -%}
        {%- do run_query(
            "update " ~ fast_dau.rollup_state() ~ " set model_vars = model_vars || jsonb_build_object('"
            ~ model.name ~ "', " ~ values ~ ") where model_vars -> '" ~ model.name
            ~ "' is distinct from " ~ values
        ) -%}
    {%- endif -%}
{%- endmacro %}


{#- By name, the values now of the variables in a model's `defined_by`. -#}
{% macro definition_of(model) -%}
    {%- set values = {} -%}
    {%- for name in model.config.meta.get('defined_by', []) -%}
        {%- do values.update({name: var(name)}) -%}
    {%- endfor -%}
    {{ return(values) }}
{%- endmacro %}


{% macro state_once() -%}
    {{ return(fast_dau.rows_once(
        'select is_starting_over, cast(model_vars as ' ~ dbt.type_string()
        ~ ') as model_vars from ' ~ fast_dau.rollup_state()
    )[0]) }}
{%- endmacro %}


{#- The rows that a query finds, which a model asks for many times and dbt's memory of its
    results then holds; a result that is loaded from there is gone, and is stored again. -#}
{% macro rows_once(query) -%}
    {%- set kept = load_result(query) -%}
    {%- set table = run_query(query) if kept is none else kept.table -%}
    {%- do store_result(query, response='', agate_table=table) -%}
    {{ return(table.rows) }}
{%- endmacro %}
