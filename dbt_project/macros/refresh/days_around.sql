{#- The days of refresh_days that the model can count, with so many days before and after
    each, in order; with the days that moved, and so many before and after them. -#}
{% macro days_around(days_before, days_after, days_after_moved, moves_with) -%}
    {%- set days, spans, timedelta = [], [], modules.datetime.timedelta -%}
    {%- set first_day = fast_dau.first_whole_day() -%}
    {%- for day in fast_dau.refreshed_days() if (day | string) >= (first_day or '') -%}
        {%- do spans.append((day - timedelta(days_before), day + timedelta(days_after))) -%}
    {%- endfor -%}
    {%- for day in (fast_dau.days_moved_with(moves_with) if moves_with else []) -%}
        {%- do spans.append((
            day - timedelta(days_before), day + timedelta(days_after_moved)
        )) -%}
    {%- endfor -%}
    {%- for first, last in spans | sort -%}
        {%- set done = (days[-1] - first).days + 1 if days else 0 -%}
        {%- for n in range([done, 0] | max, (last - first).days + 1) -%}
            {%- do days.append(first + timedelta(n)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(days) }}
{%- endmacro %}
