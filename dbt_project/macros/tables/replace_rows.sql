{#- Of the rows of the table that a run can change, deletes those that are no longer in the
    result, writes those that are new or differ, and touches no other: no lock, no WAL. The
    differences go to a temporary table first, so that the planner knows how few they are.
    Returns the numbers of rows written and deleted, and `missed`. -#}
{% macro replace_rows(sql) -%}
    {%- set is_synced = fast_dau.sync_columns(sql) -%}
    {%- set keys = config.require('unique_key') -%}
    {%- set keys = [keys] if keys is string else keys -%}
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


{#- Has the table have the columns of the contract. Where an upgrade or the model's author
    has changed them, its rows have to be built anew, which only a run that starts over
    does. -#}
{% macro sync_columns(sql) -%}
    {%- set there = adapter.get_columns_in_relation(this) | map(attribute='name') | list -%}
    {%- set is_synced = there | sort != model.columns | list | sort -%}
    {%- if is_synced -%}
        {%- if fast_dau.rebuild_scope() != 'everything' -%}
            {%- do exceptions.raise_compiler_error("fast-dau: " ~ this ~ " has the columns "
                ~ there | join(', ') ~ ", but its model has " ~ model.columns | join(', ')
                ~ ". Build everything anew, from the events there are: fast-dau dbt build "
                ~ "--vars 'refresh: start_over'") -%}
        {%- endif -%}
        {%- do run_query(
            "set local lock_timeout = '" ~ fast_dau.setting('lock_timeout_seconds') ~ "s'"
        ) -%}
        {%- set wanted = make_temp_relation(this, '__wanted') -%}
        {%- do run_query(get_create_table_as_sql(true, wanted, get_empty_subquery_sql(sql))) -%}
        {%- do process_schema_changes(
            'sync_all_columns', wanted, this.incorporate(type='table')
        ) -%}
        {%- do run_query('set local lock_timeout to default') -%}
    {%- endif -%}
    {{ return(is_synced) }}
{%- endmacro %}


{#- Makes a temporary table of the rows in which the new result and the rows there disagree,
    with the result's values, or, where the result has no such row (`is_gone`), the key. -#}
{% macro create_differences(differences, result, keys, columns) -%}
    create temporary table {{ differences }} as
    select
        {%- for column in columns %}
        {%- if column in keys %}
        coalesce(result.{{ column }}, target.{{ column }}) as {{ column }},
        {%- else %}
        result.{{ column }},
        {%- endif %}
        {%- endfor %}
        result.{{ keys[0] }} is null as is_gone
    from {{ result }} as result
    full join (
        select * from {{ this }}
        where {{ fast_dau.is_affected_row() }}
    ) as target
        on
        {%- for key in keys %}
        result.{{ key }} = target.{{ key }}{{ ' and' if not loop.last }}
        {%- endfor %}
    where
        (result.{{ columns | join(', result.') }})
        is distinct from (target.{{ columns | join(', target.') }});
    analyze {{ differences }};
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


{% macro merge_differences(differences, keys, columns) -%}
    merge into {{ this }} as target
    using {{ differences }} as difference
    on
        {%- for key in keys %}
        target.{{ key }} = difference.{{ key }}{{ ' and' if not loop.last }}
        {%- endfor %}
    when matched and difference.is_gone then delete
    when matched then update set
        {%- for column in columns %}
        {{ column }} = difference.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    when not matched then insert ({{ columns | join(', ') }})
    values (
        {%- for column in columns -%}
        difference.{{ column }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}
