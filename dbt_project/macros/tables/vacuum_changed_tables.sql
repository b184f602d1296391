{#- On-run-end: one vacuum of the tables of which a run changed some rows, for the visibility
    map, without which an index-only scan goes to the table for each row, and for few dead
    rows; and of those of which a model's own vacuum left much undone, because another model
    could still have seen the rows as they were. -#}
{% macro vacuum_changed_tables(results) -%}
    {%- if execute and target.type == 'postgres' and results -%}
    {%- set tables, changed = [], ['0'] -%}
    {%- for result in results if result.status == 'success'
        and result.node.config.materialized == 'replace_days' -%}
        {%- set table = "'" ~ api.Relation.create_from(adapter.config, result.node) ~ "'::regclass" -%}
        {%- do tables.append(table) -%}
        {%- do changed.append(table)
            if 0 < result.adapter_response.get('rows_affected', 0) <= fast_dau.few_rows() -%}
    {%- endfor -%}
    {%- if tables -%}
    {%- set found = run_query(
        'select oid::regclass from pg_class where oid in (' ~ tables | join(', ')
        ~ ') and (relallvisible < 0.9 * relpages or oid in (' ~ changed | join(', ') ~ '))'
    ).columns[0].values() -%}
    {{ 'vacuum ' ~ found | join(', ') if found }}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}
