{#- What `fast-dau forget --keep-counts` leaves of erased people, by local day D: how many
    they were, and nothing of who. Daily tables add them (model `erased_counts`), so that
    published counts stay. Runs never change it, but one that starts over drops days whose
    events were purged. -#}
{% macro erased_counts_columns() -%}
    {%- set columns = {
        'dau': 'Erased users who were active on D.',
        'events_count': 'Their events on D.',
        'returning_users': 'Of them, those active on at least one of D-1 to D-7 too.',
    } -%}
    {%- for n in range(1, 8) -%}
        {%- do columns.update(
            {'returning_d' ~ n: 'Of them, those active on D-' ~ n ~ ' too.'}
        ) -%}
    {%- endfor -%}
    {%- do columns.update({
        'wau_7d': 'Erased users who were active on D or on one of the 6 days before.',
        'mau_28d': 'Erased users who were active on D or on one of the 27 days before.',
        'new_users': 'Erased users whose first active day was D.',
        'dormant_users': 'Erased users whose last active day was one of D-1 to D-7.',
    }) -%}
    {{ return(columns) }}
{%- endmacro %}


{#- Statements; the last has no semicolon. What a version before did not count is 0. -#}
{% macro create_erased_counts() -%}
    {%- set erased_counts = fast_dau.rollup_relation('erased_counts') -%}
    create table if not exists {{ erased_counts }} (activity_date date primary key);
    {%- for name, comment in fast_dau.erased_counts_columns().items() %}
    alter table {{ erased_counts }}
    add column if not exists {{ name }} bigint not null default 0;
    comment on column {{ erased_counts }}.{{ name }} is '{{ comment }}';
    {%- endfor %}
    comment on table {{ erased_counts }} is
        'By local day, how many users were erased whose counts were kept. Only fast-dau '
        'forget writes it.';
    comment on column {{ erased_counts }}.activity_date is
        'The day D, in the reporting time zone.'
{%- endmacro %}
