{#- Of the rows of the table that a run can change, deletes those that are no longer in the
    result, writes those that are new or differ, and touches no other: no lock, no WAL. The
    differences go to a temporary table first, so that the planner knows how few they are.
    Returns the numbers of rows written and deleted, and `missed`. -#}
{% macro replace_rows(sql) -%}
    {%- set is_synced = fast_dau.sync_columns(sql) -%}
    {%- set keys = fast_dau.key_columns(model) -%}
    {%- set columns = model.columns | list -%}
    {%- set differences = make_temp_relation(this, '__differences') -%}
    {%- set counted = run_query(
        fast_dau.create_differences(differences, sql, keys, columns)
    ).rows[0] -%}
    {#- dbt's own check and message, which take two queries more. -#}
    {%- do get_assert_columns_equivalent(sql)
        if fromjson(counted['types']) != fast_dau.state_once().columns -%}
    {%- call statement('merged') -%}
        {%- if counted['differing'] %}
        analyze {{ differences }};
        {{ fast_dau.note_moved_days(differences) if config.meta_get('grain') == 'user' }}
        {{ fast_dau.note_change() }};
        {%- endif %}
        {{ fast_dau.merge_differences(differences, keys, columns) }}
    {%- endcall -%}
    {%- do fast_dau.set_not_null() if is_synced -%}
    {{ return({
        'written': (counted['differing'] - counted['deleted']) | int,
        'deleted': counted['deleted'] | int,
        'missed': counted['missed'],
    }) }}
{%- endmacro %}
