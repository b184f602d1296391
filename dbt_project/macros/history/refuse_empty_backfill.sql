{#- Refuses a backfill of a range without a day of history: it would end well, and do
    nothing. -#}
{% macro refuse_empty_backfill() -%}
    {%- set first, last = fast_dau.setting('start_date'), fast_dau.setting('end_date') -%}
    {%- if first is none -%} {{ return('') }} {%- endif -%}
    {%- set published = "(select min(activity_date) from "
        ~ fast_dau.rollup_relation('daily_active_users') ~ ")" -%}
    {%- set days = fast_dau.dates_of(
        'select ' ~ fast_dau.local_date(fast_dau.run_at()) ~ ' as today, least('
        ~ fast_dau.local_date('first_event_at') ~ ', '
        ~ (published if fast_dau.is_built('daily_active_users') else 'null') ~ ') as first_day from ('
        ~ fast_dau.known_first_event() ~ ') as events'
    ) -%}
    {%- set history = "the days from " ~ days.first_day ~ " to " ~ days.today if days.first_day
        else "no day yet, as there is no valid event" -%}
    {%- do fast_dau.refuse("there is nothing to rebuild from " ~ first ~ " to " ~ last
        ~ ", the fast_dau_start_date and fast_dau_end_date: history has " ~ history)
        if not days.first_day or last | string < days.first_day or first | string > days.today -%}
{%- endmacro %}
