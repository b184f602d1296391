{#- Post-hook after the commit, where the table was changed: the visibility map, without
    which an index-only scan goes to the table for each row; and few dead rows.

    Fresh statistics take longer, as they read a sample of the whole table: a new table
    gets them before the next model reads it, others in full runs, or after many rows;
    for the rest there is autovacuum. -#}
{% macro vacuum_changed_table() -%}
    {%- if execute and target.type == 'postgres' -%}
    {%- set changed_rows = load_result('main').response.rows_affected -%}
    {%- set has_new_statistics = not is_ordinary_run() or changed_rows > 100000 -%}
    {%- if changed_rows != 0 or not is_incremental() -%}
        vacuum {{ '(analyze) ' if has_new_statistics }}{{ this }}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- Whether this run adds to a table that is there, as the hourly ones do. -#}
{% macro is_ordinary_run() -%}
    {{ return(is_incremental() and not is_full_run()) }}
{%- endmacro %}


{#- On-run-end: the tables of which that left much undone, because a model that was still
    being built beside could have seen the rows as they were. -#}
{% macro vacuum_left_tables(results) -%}
    {%- if execute and target.type == 'postgres' and results -%}
    {%- set relations = [] -%}
    {%- for result in results if result.status == 'success'
        and result.node.config.materialized == 'incremental' -%}
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
