{% macro merge_differences(differences, keys, columns) -%}
    {%- set values = 'difference.' ~ columns | join(', difference.') -%}
    merge into {{ this }} as target
    using {{ differences }} as difference
    on
        (target.{{ keys | join(', target.') }})
        = (difference.{{ keys | join(', difference.') }})
    when matched and difference.is_gone then delete
    when matched then update set ({{ columns | join(', ') }}) = row({{ values }})
    when not matched then insert ({{ columns | join(', ') }}) values ({{ values }})
{%- endmacro %}
