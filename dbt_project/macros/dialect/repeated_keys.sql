{#- A query of a test: rows that say that the table tested has two rows of the same key. -#}
{% macro repeated_keys(table) -%}
    {%- set columns = fast_dau.key_columns(graph.nodes[model.attached_node]) if execute else [] -%}
    {#- By its name alone, which it does not have with dbt's --empty. -#}
    {%- set table = table if table is string else table.render() -%}
    {{ return(adapter.dispatch('repeated_keys', 'fast_dau')(table, columns)) }}
{%- endmacro %}


{% macro default__repeated_keys(table, columns) -%}
select '{{ table }} has no unique index on {{ columns | join(", ") }}' as problem
where not exists (
    select 1
    from pg_index
    where
        indrelid = '{{ table }}'::regclass
        and indisunique
        and indisvalid
        and replace(pg_get_indexdef(indexrelid), '"', '') like '% ({{ columns | join(", ") }})'
)
{%- endmacro %}
