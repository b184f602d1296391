{#- Makes a temporary table of the rows in which the new result and the rows there disagree,
    with the result's values, or, where the result has no such row (`is_gone`), the key. -#}
{% macro create_differences(differences, result, keys, columns) -%}
    create temporary table {{ differences }} as
    select
        {{ keys | join(', ') }},
        {%- for column in columns if column not in keys %}
        result.{{ column }},
        {%- endfor %}
        result.{{ keys[0] }} is null as is_gone
    from {{ result }} as result
    full join (
        select * from {{ this }}
        where {{ fast_dau.is_affected_row() }}
    ) as target using ({{ keys | join(', ') }})
    where
        (result.{{ columns | join(', result.') }})
        is distinct from (target.{{ columns | join(', target.') }});
    analyze {{ differences }};
{%- endmacro %}
