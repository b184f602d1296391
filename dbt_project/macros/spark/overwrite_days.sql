{#- Replaces the folders of the days that the result has, and drops those of the affected
    days that it no longer has: they still have a file that they had before. -#}
{% macro overwrite_days(sql) -%}
    {%- set before = run_query(fast_dau.files_of_affected_days()) -%}
    {%- set files = before.columns['file_name'].values() | list -%}
    {%- call statement('main') -%}
        insert overwrite table {{ this }} ({{ model.columns | join(', ') }})
        {{ fast_dau.select_columns(sql) }}
    {%- endcall -%}
    {%- set emptied = [] -%}
    {%- for row in (run_query(fast_dau.files_of_affected_days()).rows if files else []) -%}
        {%- set day = "partition (activity_date = date '" ~ row['activity_date'] ~ "')" -%}
        {%- if row['file_name'] in files and day not in emptied -%}
            {%- do emptied.append(day) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if emptied -%}
        {%- do run_query(
            'alter table ' ~ this ~ ' drop if exists ' ~ emptied | join(', ')
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro files_of_affected_days() -%}
    select distinct
        activity_date,
        _metadata.file_name as file_name
    from {{ this }}
    where {{ fast_dau.is_affected_day('activity_date') }}
{%- endmacro %}
