{#- By column of `erased_counts`, but for its day D: its type, and what it counts. What a
    version before did not count is 0. -#}
{% macro erased_counts_columns() -%}
    {%- set count = 'bigint not null default 0' -%}
    {%- set columns = {
        'dau': (count, 'Erased users who were active on D.'),
        'events_count': (count, 'Their events on D.'),
        'returning_users': (count, 'Of them, those active on at least one of D-1 to D-7 too.'),
        'wau_7d': (count, 'Erased users who were active on D or on one of the 6 days before.'),
        'mau_28d': (count, 'Erased users who were active on D or on one of the 27 days before.'),
        'new_users': (count, 'Erased users whose first active day was D.'),
        'dormant_users': (count, 'Erased users whose last active day was one of D-1 to D-7.'),
    } -%}
    {%- for n in range(1, 8) -%}
        {%- do columns.update({'returning_d' ~ n: (count, 'Of them, those active on D-' ~ n ~ ' too.')}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
