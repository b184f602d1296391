{#- On-run-end: the tables of which a run's vacuum left much undone, because a model that was
    still being built beside could have seen the rows as they were. -#}
{% macro vacuum_left_tables(results) -%}
    {%- if execute and target.type == 'postgres' and results -%}
    {%- set relations = [] -%}
    {%- for result in results if result.status == 'success'
        and result.node.config.materialized == 'replace_days' -%}
        {%- do relations.append(api.Relation.create_from(adapter.config, result.node)) -%}
    {%- endfor -%}
    {%- if relations -%}
    {%- set left = run_query(
        "select oid::regclass from pg_class where relallvisible < 0.9 * relpages"
        ~ " and oid in ('" ~ relations | join("'::regclass, '") ~ "'::regclass)"
    ).columns[0].values() -%}
    {{ 'vacuum ' ~ left | join(', ') if left }}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}
