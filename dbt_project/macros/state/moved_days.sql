{#- The local days that were or became a user's first or last active day (`bound`) since all
    tables were last built. Growth and cohorts follow them, also to days that the run itself
    does not rebuild. `user_lifetimes` writes them, in the transaction in which lifetimes
    change; they go with the pending days. -#}
{% macro create_moved_days() -%}
    {%- set moved_days = fast_dau.rollup_relation('moved_days') -%}
    create table if not exists {{ moved_days }} (
        activity_date date, bound text, primary key (activity_date, bound)
    );
    comment on table {{ moved_days }} is
        'Days that were or became a user''s first or last active one. Only runs write it.';
    comment on column {{ moved_days }}.activity_date is
        'The day, in the reporting time zone.';
    comment on column {{ moved_days }}.bound is
        'Whether it was or became a user''s first or last active day.'
{%- endmacro %}
