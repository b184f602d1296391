{#- The tables of `replace_days` on Spark, whose files are never changed, only replaced:
    those with a folder for each day by days, the others whole. -#}
{% materialization incremental, adapter='spark' %}
    {%- set existing = load_relation(this) -%}
    {{ run_hooks(pre_hooks) }}
    {%- if existing and config.get('full_refresh') is false -%}
        {#- A run only makes it, and others may be reading it. -#}
        {%- do store_raw_result('main', message='unchanged', code='OK', rows_affected=0) -%}
    {%- elif not config.get('partition_by') -%}
        {%- do replace_table(sql, existing) -%}
    {%- elif existing and not should_full_refresh() -%}
        {%- do overwrite_days(sql) -%}
    {%- else -%}
        {%- do replace_all_days(sql, existing) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}


{#- The contract is a cast. Files are of a fitting size, whatever the number of tasks that
    made the rows. -#}
{% macro select_columns(sql) -%}
    select /*+ rebalance{{ '(activity_date)' if config.get('partition_by') }} */
        {%- for column in model.columns.values() %}
        {{ column.name }}::{{ sql_type(column.data_type) }} as {{ column.name }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from ({{ sql }}) as built
{%- endmacro %}


{#- Hive's metastore holds no more than 256 characters of a comment. -#}
{% macro create_empty(relation, location=none) -%}
    create table {{ relation }} (
        {%- for column in model.columns.values() %}
        {{ column.name }} {{ sql_type(column.data_type) }}
            comment {{ string_literals([column.description | truncate(256, true, '...', 0)]) }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    )
    using parquet
    {{ partition_cols(label='partitioned by') }}
    {{ 'location ' ~ string_literals([location]) if location }}
    comment {{ string_literals([model.description | trim]) }}
{%- endmacro %}
