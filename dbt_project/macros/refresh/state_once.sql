{#- What a model or a test has to know of the run and of its own table, asked once
    (`state_of_model`). -#}
{% macro state_once() -%}
    {%- set kept = load_result('fast_dau_state') -%}
    {{ return(fast_dau.keep_state(
        kept.response if kept else adapter.dispatch('read_state_once', 'fast_dau')()
    )) }}
{%- endmacro %}


{#- dbt's memory of a model's results; what is loaded from there is gone, and stored again. -#}
{% macro keep_state(state) -%}
    {%- do store_result('fast_dau_state', response=state) -%}
    {{ return(state) }}
{%- endmacro %}


{% macro default__read_state_once() -%}
    {{ return(fromjson(run_query(fast_dau.state_of_model()).columns[0].values()[0])) }}
{%- endmacro %}


{#- A query for one JSON text:
    - of the row of state what models read, by column;
    - days: those of refresh_days, in order, and reasons: theirs, each once;
    - moved_days: pairs of day and bound;
    - columns: the type of each column of the model's own table;
    - indexes: the definitions of its valid ones, names unquoted, and whether one of them
      tells its rows apart for logical replication (identifies_rows). -#}
{% macro state_of_model() -%}
    {%- set refresh_days = fast_dau.rollup_relation('refresh_days') -%}
    select json_build_object(
        'run_id', run_id,
        'is_starting_over', is_starting_over,
        'kept_from', kept_from,
        'model_vars', model_vars,
        'built_with', built_with,
        {%- if fast_dau.is_built('refresh_days') %}
        'days', (select json_agg(activity_date order by activity_date) from {{ refresh_days }}),
        'reasons', (select json_agg(distinct reason) from {{ refresh_days }}),
        {%- endif %}
        {%- if fast_dau.is_built('moved_days') %}
        'moved_days', (
            select json_agg(json_build_array(activity_date, bound))
            from {{ fast_dau.rollup_relation('moved_days') }}
        ),
        {%- endif %}
        {{ fast_dau.catalog_of_table(fast_dau.string_literals([this])) if this else "'columns', null" }}
    )::text
    from {{ fast_dau.rollup_state() }}
{%- endmacro %}


{% macro catalog_of_table(name) -%}
        'columns', (
            select json_object_agg(attname, format_type(atttypid, atttypmod))
            from pg_attribute
            where attrelid = to_regclass({{ name }}) and attnum > 0 and not attisdropped
        ),
        'indexes', (
            select json_agg(replace(pg_get_indexdef(indexrelid), '"', ''))
            from pg_index
            where indrelid = to_regclass({{ name }}) and indisvalid
        ),
        'identifies_rows', (
            select relreplident <> 'd' from pg_class where oid = to_regclass({{ name }})
        )
{%- endmacro %}
