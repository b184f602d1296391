{#- Incremental strategy `replace_days`: of the affected days, rows that are no
    longer in the result are deleted, rows that are new or differ are written, and
    no other row is touched: not locked, not rewritten, no WAL.

    The differences go to a temporary table first, so that the planner knows how few
    they are. dbt's `rows_affected` is the number of rows written and deleted; its
    message says each (`report_changes`). -#}
{% macro get_incremental_replace_days_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set keys = arg_dict['unique_key'] -%}
    {%- set keys = [keys] if keys is string else keys -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='name') | list -%}
    {%- set differences = make_temp_relation(target, '__differences') -%}
    {%- do run_query(create_differences(differences, arg_dict, keys, columns)) -%}
    {%- do count_differences(differences) -%}
    {%- if config.meta_get('grain') == 'user' -%}
        {%- do run_query(note_moved_days(differences)) -%}
    {%- endif -%}

    merge into {{ target }} as target
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
