{#- Why a run of some tables is refused; none: it is not. What a table is made from has to
    have the days that it is built for, or days would be closed that it never had. -#}
{% macro objection_to_selection() -%}
    {%- set built = fast_dau.built_with() -%}
    {%- set is_new = fast_dau.refresh_days_id() in selected_resources -%}
    {%- set tables = fast_dau.tables_of_days() | map(attribute='unique_id') | list -%}
    {%- for table in fast_dau.selected_tables() -%}
        {%- for input in table.depends_on.nodes
            if input in tables and input not in selected_resources -%}
            {%- set name = input.split('.')[-1] -%}
            {%- if is_new or not built.refresh_days or built.get(name) != built.refresh_days -%}
                {{ return(table.name ~ " is made from " ~ name ~ ", which does not have the "
                    ~ "days that this run would build" ~ (", as refresh_days chooses them "
                    ~ "anew" if is_new) ~ ": select it too, as --select +" ~ table.name
                    ~ " does, or run everything") }}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro %}
