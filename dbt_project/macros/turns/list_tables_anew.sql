{#- dbt lists the tables when it starts, before it waits for its turn: adds those that
    the run before has made meanwhile, which would be made a second time. -#}
{% macro list_tables_anew() -%}
    {%- set tables = run_query(
        "select tablename from pg_tables where schemaname = "
        ~ string_literals([target.schema])
    ).columns[0].values() -%}
    {%- for name in tables -%}
        {%- do adapter.cache_added(rollup_relation(name).incorporate(type='table')) -%}
    {%- endfor -%}
{%- endmacro %}
