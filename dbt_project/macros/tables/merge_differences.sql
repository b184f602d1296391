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
