{#- A statement, before lifetimes change: notes the days on which a user's first or last
    active day was and will be, for the models that follow them (`moves_with`). -#}
{% macro note_moved_days(differences) -%}
    insert into {{ fast_dau.rollup_relation('moved_days') }} (activity_date, bound)
    select distinct
        bounds.activity_date,
        bounds.bound
    from {{ differences }} as difference
    left join {{ this }} as target
        on difference.user_id = target.user_id
    cross join lateral (
        values
        {%- for bound in ['first', 'last'] %}
        {%- set column = bound ~ '_activity_date' %}
        {%- set is_moved = 'difference.' ~ column ~ ' is distinct from target.' ~ column %}
        ('{{ bound }}', difference.{{ column }}, {{ is_moved }}),
        ('{{ bound }}', target.{{ column }}, {{ is_moved }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as bounds (bound, activity_date, is_moved)
    where
        bounds.is_moved
        and bounds.activity_date is not null
    on conflict do nothing
{%- endmacro %}
