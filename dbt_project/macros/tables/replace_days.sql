{#- The materialization `replace_days`: a table of which a run replaces the rows that it can
    change (`is_affected_row`), and of these writes only those that differ. The table itself
    is never replaced, whatever the flags, so that history outlives the events that it was
    counted from, and views and grants of others stay; only where a run starts over with users
    or courses of another type is it made anew. One transaction, in which no other run can
    begin; indexes are made by post-hooks.

    Configuration: `unique_key`, whose columns are never null, a contract, and under `meta`:
    - influence_days: for how many days after a day that changed rows change too; null: the
      rows are of no days, and each run compares all of them;
    - is_made_of_tables: true where rows are made of other tables of the rollup alone, and of
      no clock, so that a run leaves the table alone where none of these changed;
    - grain: `user` or `cohort`, where rows are not of an activity_date;
    - moves_with: which bounds of users' lifetimes, `first` or `last`, also lead to rows;
    - defined_by: variables that say what the table holds; where one changes, all days of
      which there are events are built again. -#}
{% materialization replace_days, adapter='postgres' %}
    {%- do fast_dau.check_configuration() -%}
    {{ run_hooks(pre_hooks, inside_transaction=false) }}
    {%- do fast_dau.begin_model() -%}
    {{ run_hooks(pre_hooks, inside_transaction=true) }}
    {%- set is_new = not fast_dau.is_table(this) or fast_dau.has_other_types() -%}
    {%- do drop_relation_if_exists(load_cached_relation(this)) if is_new -%}
    {%- set changed = fast_dau.create_table(sql) if is_new
        else {'written': 0, 'deleted': 0, 'missed': none} if fast_dau.is_left_alone()
        else fast_dau.replace_rows(sql) -%}
    {%- do store_raw_result(
        'main',
        message=changed.written ~ " rows written, " ~ changed.deleted ~ " deleted"
            ~ (", " ~ changed.missed ~ " missed before" if changed.missed is not none),
        code='MERGE',
        rows_affected=changed.written + changed.deleted
    ) -%}
    {%- do fast_dau.note_definition() -%}
    {%- do fast_dau.describe_relation(this.incorporate(type='table'), is_new) -%}
    {{ run_hooks(post_hooks, inside_transaction=true) }}
    {%- do adapter.commit() -%}
    {%- do fast_dau.vacuum_table(is_new, changed.written + changed.deleted) -%}
    {{ run_hooks(post_hooks, inside_transaction=false) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}


{#- Whether the table is of other users or courses than a run that starts over writes. -#}
{% macro has_other_types() -%}
    {%- set types = fast_dau.column_types(this) if fast_dau.run_kind() == 'start_over' else {} -%}
    {%- for column in ['user_id', 'course_id'] if column in types -%}
        {%- do return(true) if types[column] != fast_dau.setting(column ~ '_type') -%}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}


{#- Makes the table by `create table as`, whose select may run in parallel, unlike that of
    `insert into`. -#}
{% macro create_table(sql) -%}
    {%- call statement('created') -%}
        {{ get_assert_columns_equivalent(sql) }}
        create table {{ this }} as ({{ get_select_subquery(sql) }})
    {%- endcall -%}
    {%- do fast_dau.set_not_null() -%}
    {%- do run_query(fast_dau.note_change()) -%}
    {%- do fast_dau.keep_state(fast_dau.default__read_state_once()) -%}
    {{ return({
        'written': load_result('created').response.rows_affected, 'deleted': 0, 'missed': none
    }) }}
{%- endmacro %}


{#- With the planner's settings as before (`parallel_days`): many processes may make indexes. -#}
{% macro set_not_null() -%}
    {%- call statement() -%}
        set local min_parallel_table_scan_size to default;
        alter table {{ this }}
        {%- for column in model.columns.values() if column.name in fast_dau.key_columns(model)
            or 'not_null' in column.constraints | map(attribute='type') %}
        alter column {{ adapter.quote(column.name) }} set not null{{ ',' if not loop.last }}
        {%- endfor %}
    {%- endcall -%}
{%- endmacro %}


{#- After the commit, where the table is new or many of its rows changed: what
    `vacuum_changed_tables` does for the others at the end of the run, and fresh statistics,
    before the next model reads it. -#}
{% macro vacuum_table(is_new, changed_rows) -%}
    {%- if is_new or changed_rows > fast_dau.few_rows() -%}
        {%- call statement(auto_begin=false) -%}
            vacuum (analyze) {{ this }}
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}


{#- Of how many changed rows statistics need not know. They take longer than a vacuum, as they
    read a sample of the whole table; full runs have the time. -#}
{% macro few_rows() -%}
    {{ return(100000 if fast_dau.run_kind() == 'incremental' else 0) }}
{%- endmacro %}
