{#- A query: the rows of the model's own table that this run can change, as they are; none
    where all are built from nothing. -#}
{% macro rows_before() -%}
    {%- if fast_dau.rebuild_scope() == 'everything' -%}
        select
            {%- for column in model.columns.values() %}
            null::{{ fast_dau.sql_type(column.data_type) }} as {{ column.name }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        where false
    {%- else -%}
        select * from {{ this }} where {{ fast_dau.is_affected_row() }}
    {%- endif -%}
{%- endmacro %}
