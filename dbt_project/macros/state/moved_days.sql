{#- The local days that were or became a user's first or last active day (`bound`) since all
    tables were last built. Growth and cohorts follow them, also to days that the run itself
    does not rebuild. `user_lifetimes` writes them, in the transaction in which lifetimes
    change, and so does `fast-dau forget`; they go with the pending days. -#}
{% macro create_moved_days() -%}
    {%- set moved_days = fast_dau.rollup_relation('moved_days') -%}
    create table if not exists {{ moved_days }} (
        activity_date date, bound text, primary key (activity_date, bound)
    );
    comment on table {{ moved_days }} is
        'Days that were or became a user''s first or last active one. Only runs and fast-dau '
        'forget write it.';
    comment on column {{ moved_days }}.activity_date is
        'The day, in the reporting time zone.';
    comment on column {{ moved_days }}.bound is
        'Whether it was or became a user''s first or last active day.'
{%- endmacro %}


{#- A statement, before lifetimes change: notes the days on which a user's first or last
    active day was and will be, for the models that follow them (`moves_with`). -#}
{% macro note_moved_days(changed) -%}
    {{ return(adapter.dispatch('note_moved_days', 'fast_dau')(changed)) }}
{%- endmacro %}


{% macro default__note_moved_days(differences) -%}
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


{#- A query: the days whose numbers change with those in `moved_days`. A user who is not
    seen again counts as dormant on the seven days after the last. -#}
{% macro days_moved_with(bounds) -%}
    select activity_date + n as activity_date
    from {{ fast_dau.rollup_relation('moved_days') }}
    inner join (
        {%- for bound in bounds %}
        select
            '{{ bound }}' as bound,
            n
        from {{ fast_dau.whole_numbers(1, 7) if bound == 'last' else fast_dau.whole_numbers(0, 0) }}
            as numbers (n)
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as influence using (bound)
{%- endmacro %}
