{#- Has the table have the columns of the contract. Where an upgrade or the model's author
    has changed them, its rows have to be built anew, which only a run that starts over
    does. -#}
{% macro sync_columns(sql) -%}
    {%- set there = fast_dau.state_once().columns | list -%}
    {%- set is_synced = there | sort != model.columns | list | sort -%}
    {%- if is_synced -%}
        {%- if fast_dau.rebuild_scope() != 'everything' -%}
            {%- do exceptions.raise_compiler_error("fast-dau: " ~ this ~ " has the columns "
                ~ there | join(', ') ~ ", but its model has " ~ model.columns | join(', ')
                ~ ". Build everything anew, from the events there are: fast-dau dbt build "
                ~ "--vars 'fast_dau_refresh: start_over'") -%}
        {%- endif -%}
        {%- do run_query(
            "set local lock_timeout = '" ~ fast_dau.setting('lock_timeout_seconds') ~ "s'"
        ) -%}
        {%- set wanted = make_temp_relation(this, '__wanted') -%}
        {%- do run_query(get_create_table_as_sql(true, wanted, get_empty_subquery_sql(sql))) -%}
        {%- do process_schema_changes(
            'sync_all_columns', wanted, this.incorporate(type='table')
        ) -%}
        {%- do run_query('set local lock_timeout to default') -%}
        {%- do fast_dau.keep_state(fast_dau.default__read_state_once()) -%}
    {%- endif -%}
    {{ return(is_synced) }}
{%- endmacro %}
