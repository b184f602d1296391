{#- The days of refresh_days that the model can count, with so many days before and after
    each, in order; with the days that moved, and so many before and after them. -#}
{% macro days_around(days_before, days_after, days_after_moved, moves_with) -%}
    {%- set days, spans, timedelta = [], [], modules.datetime.timedelta -%}
    {%- set first_day = fast_dau.first_whole_day() -%}
    {%- set refreshed = 'select activity_date from ' ~ ref('refresh_days')
        ~ (" where activity_date >= date '" ~ first_day ~ "'" if first_day else '') -%}
    {%- for day in fast_dau.days_found(refreshed) -%}
        {%- do spans.append((day - timedelta(days_before), day + timedelta(days_after))) -%}
    {%- endfor -%}
    {%- for day in (fast_dau.days_found(fast_dau.days_moved_with(moves_with)) if moves_with
        else []) -%}
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


{#- The dates that a query finds. -#}
{% macro days_found(query) -%}
    {%- set days = [] -%}
    {%- for row in fast_dau.rows_once(query) -%}
        {#- Spark's are texts. -#}
        {%- do days.append(modules.datetime.date.fromisoformat(row[0] | string)) -%}
    {%- endfor -%}
    {{ return(days) }}
{%- endmacro %}


{#- A query: the days whose numbers change with those in `moved_days`. A user who is not
    seen again counts as dormant on the seven days after the last. -#}
{% macro days_moved_with(bounds) -%}
    select activity_date + n as activity_date
    from {{ fast_dau.rollup_relation('moved_days') }}
    cross join {{ fast_dau.whole_numbers(0, 7) }} as numbers (n)
    where
        bound in ({{ fast_dau.string_literals(bounds) }})
        and (bound = 'first') = (n = 0)
{%- endmacro %}
