{#- A statement, before lifetimes change: notes the days on which a user's first or last
    active day was and will be, for the models that follow them (`moves_with`). -#}
{% macro note_moved_days(differences) -%}
    insert into {{ fast_dau.rollup_relation('moved_days') }} (activity_date, bound)
    select activity_date, bound
    from (
        {%- for bound in ['first', 'last'] %}
        {%- set column = bound ~ '_activity_date' %}
        select
            unnest(array[difference.{{ column }}, target.{{ column }}]) as activity_date,
            '{{ bound }}' as bound
        from {{ differences }} as difference
        left join {{ this }} as target using (user_id)
        where difference.{{ column }} is distinct from target.{{ column }}
        {{ 'union' if not loop.last }}
        {%- endfor %}
    ) as bounds
    where activity_date is not null
    on conflict do nothing;
{%- endmacro %}
