{#- Of the rows of the table that a run can change, deletes those that are no longer in the
    result, writes those that are new or differ, and touches no other: no lock, no WAL. The
    differences go to a temporary table first, so that the planner knows how few they are.
    Returns the numbers of rows written and deleted, and `missed`. -#}
{% macro replace_rows(sql) -%}
    {%- set is_synced = fast_dau.sync_columns(sql) -%}
    {%- set keys = fast_dau.key_columns(model) -%}
    {%- set columns = model.columns | list -%}
    {%- set result = make_temp_relation(this) -%}
    {%- set differences = make_temp_relation(this, '__differences') -%}
    {%- do run_query(get_create_table_as_sql(true, result, sql)) -%}
    {%- do run_query(fast_dau.create_differences(differences, result, keys, columns)) -%}
    {%- set counted = run_query(fast_dau.count_differences(differences)).rows[0] -%}
    {%- if config.meta_get('grain') == 'user' -%}
        {%- do run_query(fast_dau.note_moved_days(differences)) -%}
    {%- endif -%}
    {%- call statement('merged') -%}
        {{ fast_dau.merge_differences(differences, keys, columns) }}
    {%- endcall -%}
    {%- do fast_dau.set_not_null() if is_synced -%}
    {{ return({
        'written': load_result('merged').response.rows_affected - counted['deleted'],
        'deleted': counted['deleted'],
        'missed': counted['missed'],
    }) }}
{%- endmacro %}


{#- A query: how many rows are to be deleted, and in full runs how many differ on days that
    an ordinary run would not have rebuilt, which is what ordinary runs `missed`. Not of
    tables in which a run follows users to other days. -#}
{% macro count_differences(differences) -%}
    {%- set influence_days = config.meta_get('influence_days') -%}
    {%- set is_led_by_users = config.meta_get('grain') or config.meta_get('moves_with') -%}
    select
        count(*) filter (where is_gone) as deleted,
        {%- if fast_dau.run_kind() != 'incremental' and influence_days is not none and not is_led_by_users %}
        count(*) filter (where not exists (
            select from {{ ref('refresh_days').render() }} as refresh_days
            where
                refresh_days.reason <> 'full'
                and differences.activity_date - refresh_days.activity_date
                between 0 and {{ influence_days }}
        )) as missed
        {%- else %}
        null::bigint as missed
        {%- endif %}
    from {{ differences }} as differences
{%- endmacro %}
