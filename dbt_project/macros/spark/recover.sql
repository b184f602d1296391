{#- On-run-start: puts back a table that a run was killed in replacing (`replace_all_days`), and
    removes what it had begun. -#}
{% macro finish_swaps() -%}
    {%- set names = run_query('show tables in ' ~ fast_dau.state_schema())
        .columns['tableName'].values() -%}
    {%- for name in names if name.endswith(('__dbt_backup', '__dbt_next')) -%}
        {%- set left = fast_dau.rollup_relation(name) -%}
        {%- set table = fast_dau.rollup_relation(name.split('__dbt_')[0]) -%}
        {%- if name.endswith('__dbt_backup') and table.identifier not in names -%}
            {%- do run_query('alter table ' ~ left ~ ' rename to ' ~ table) -%}
            {%- do adapter.cache_added(table.incorporate(type='table')) -%}
        {%- else -%}
            {%- do run_query('drop table ' ~ left) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{#- On-run-start: finds the days that were exported since, where the events are a table of
    files, and forgets what was remembered of the others. -#}
{% macro recover_event_days() -%}
    {%- set events = source('app', 'events') -%}
    {%- set about = run_query('describe extended ' ~ events) -%}
    {%- for row in about.rows if row[0] == 'Partition Provider' -%}
        {%- do run_query('msck repair table ' ~ events ~ ' sync partitions') -%}
        {%- do run_query('refresh table ' ~ events) -%}
    {%- endfor -%}
{%- endmacro %}
