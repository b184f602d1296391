{#- What this run rebuilds of a model's table:
    - everything: it is not there, or a run that starts over has not been ended;
    - history: every day whose events are all there, by dbt's --full-refresh, or because a
      variable that the table is `defined_by` has changed;
    - refresh_days: what the days in refresh_days can change. -#}
{% macro rebuild_scope() -%}
    {%- if not execute or not fast_dau.is_table(this) or fast_dau.is_starting_over() -%}
        {{ return('everything') }}
    {%- elif flags.FULL_REFRESH or fast_dau.is_redefined() -%}
        {{ return('history') }}
    {%- endif -%}
    {{ return('refresh_days') }}
{%- endmacro %}


{#- A run that fails leaves what it had begun to those after it. -#}
{% macro is_starting_over() -%}
    {{ return(
        fast_dau.setting('refresh') == 'start_over'
        or (fast_dau.is_built('rollup_state') and fast_dau.state_once()['is_starting_over'])
    ) }}
{%- endmacro %}


{% macro is_redefined() -%}
    {%- set values = fast_dau.definition_of(model) -%}
    {{ return(
        values != {} and fromjson(fast_dau.state_once()['model_vars']).get(model.name) != values
    ) }}
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
