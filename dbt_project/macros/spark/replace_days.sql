{#- The materialization of that name on Spark, whose files are never changed, only replaced:
    of tables with a folder for each day by days, of the others whole. -#}
{% materialization replace_days, adapter='spark' %}
    {%- do fast_dau.check_configuration() -%}
    {%- set existing = load_relation(this) -%}
    {%- do fast_dau.require_run_lock() -%}
    {{ run_hooks(pre_hooks) }}
    {%- if not config.get('partition_by') -%}
        {%- do fast_dau.replace_table(sql, existing) -%}
    {%- elif existing and fast_dau.rebuild_scope() != 'everything' -%}
        {%- do fast_dau.overwrite_days(sql) -%}
    {%- else -%}
        {%- do fast_dau.replace_all_days(sql, existing) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}


{#- The contract is a cast. Files are of a fitting size, whatever the number of tasks that
    made the rows. -#}
{% macro select_columns(sql) -%}
    select
        {%- if config.get('materialized') == 'replace_days' %}
        /*+ rebalance{{ '(activity_date)' if config.get('partition_by') }} */
        {%- endif %}
        {%- for column in model.columns.values() %}
        {{ column.name }}::{{ fast_dau.sql_type(column.data_type) }} as {{ column.name }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from ({{ sql }}) as built
{%- endmacro %}


{#- Hive's metastore holds no more than 256 characters of a comment. -#}
{% macro create_empty(relation, location=none) -%}
    create table {{ relation }} (
        {%- for column in model.columns.values() %}
        {{ column.name }} {{ fast_dau.sql_type(column.data_type) }}
            comment {{ fast_dau.string_literals([column.description | truncate(256, true, '...', 0)]) }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    )
    using parquet
    {{ partition_cols(label='partitioned by') }}
    {{ 'location ' ~ fast_dau.string_literals([location]) if location }}
    comment {{ fast_dau.string_literals([model.description | trim]) }}
{%- endmacro %}
