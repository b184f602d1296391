{#- Statements that make a temporary table of the rows in which the new result and
    the target's affected rows disagree, with the result's values, or, where the
    result has no such row (`is_gone`), the target's key. -#}
{% macro create_differences(differences, arg_dict, keys, columns) -%}
    {%- set result = arg_dict['temp_relation'] -%}
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
        select * from {{ arg_dict['target_relation'] }}
        where {{ is_affected_row() }}
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
