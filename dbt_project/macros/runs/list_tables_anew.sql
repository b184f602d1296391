{#- dbt lists the tables when it starts, before it waits for the run lock: adds those that the
    run before has made meanwhile, which would be made a second time. -#}
{% macro list_tables_anew() -%}
    {%- set schemas = fast_dau.rollup_nodes() | map(attribute='schema') | unique | list -%}
    {%- set tables = run_query(
        "select schemaname, tablename from pg_tables where schemaname in ("
        ~ fast_dau.string_literals(schemas) ~ ")"
    ) -%}
    {%- for table in tables.rows -%}
        {%- do adapter.cache_added(api.Relation.create(
            database=target.database, schema=table['schemaname'],
            identifier=table['tablename'], type='table'
        )) -%}
    {%- endfor -%}
{%- endmacro %}
