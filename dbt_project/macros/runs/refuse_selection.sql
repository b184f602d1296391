{#- Refuses a run of some tables where what one is made from does not have the days that it
    is built for, or days would be closed that it never had. -#}
{% macro refuse_selection() -%}
    {%- set built = fast_dau.built_with() -%}
    {%- set is_new = fast_dau.refresh_days_id() in selected_resources -%}
    {%- set others = fast_dau.tables_of_days()
        | rejectattr('unique_id', 'in', selected_resources) | list -%}
    {%- for table in fast_dau.selected_tables() -%}
        {%- for input in others if input.unique_id in table.depends_on.nodes
            and (is_new or built.get(input.name) != built.get('refresh_days', 'none')) -%}
            {%- do fast_dau.refuse(table.name ~ " is made from " ~ input.name ~ ", which does "
                ~ "not have the days that this run would build"
                ~ (", as refresh_days chooses them anew" if is_new) ~ ": select it too, as "
                ~ "--select +" ~ table.name ~ " does, or run everything") -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
