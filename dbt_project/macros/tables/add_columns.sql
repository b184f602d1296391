{#- Adds to a table that an earlier version made, and that no run makes anew, the columns
    that it lacks, with their definitions by name. -#}
{% macro add_columns(relation, columns) -%}
    {%- set there = adapter.get_columns_in_relation(relation)
        | map(attribute='name') | list -%}
    {%- for name, definition in columns.items() if name not in there -%}
        {%- do run_query(exclusively(relation, "alter table " ~ relation
            ~ " add column if not exists " ~ name ~ " " ~ definition)) -%}
    {%- endfor -%}
{%- endmacro %}


{#- Pre-hook of a table of counts: what nobody counted is 0. -#}
{% macro add_missing_counts() -%}
    {%- if execute and is_incremental() -%}
        {%- set columns = {} -%}
        {%- for column in model.columns.values() -%}
            {%- do columns.update({column.name: column.data_type ~ " not null default 0"}) -%}
        {%- endfor -%}
        {%- do add_columns(this, columns) -%}
    {%- endif -%}
{%- endmacro %}
