{#- A predicate: whether a day's rows can change in this run, by the model's
    `influence_days`: a changed day touches itself and so many days after it.

    Argument days_before: as many days earlier, for input that looks back.
    Literal dates, because the planner then knows what a range of days costs. Where
    the table is built from nothing, or has no days of its own, everything can; with
    dbt's --full-refresh, every day whose events are all there. -#}
{% macro is_affected_day(column, days_before=0) -%}
    {%- set influence_days = config.meta_get('influence_days') -%}
    {%- if not execute or not is_incremental() or influence_days is none -%}
        true
    {%- elif flags.FULL_REFRESH -%}
        {{ column }} >= coalesce(
            (select kept_from from {{ rollup_state() }}), '-infinity'
        ) - {{ days_before }}
    {%- else -%}
        {%- set ranges = merged_day_ranges(days_before, influence_days) -%}
        (
        {%- for first, last in ranges %}
            {{ column }} between date '{{ first }}' and date '{{ last }}'
            {{- ' or' if not loop.last }}
        {%- else %}
            false
        {%- endfor %}
        )
    {%- endif -%}
{%- endmacro %}


{#- The days of refresh_days, each with so many days before and after, as a list of
    [first, last], both included, in order, not touching each other. -#}
{% macro merged_day_ranges(days_before, days_after) -%}
    {%- set days = run_query(
        'select activity_date from ' ~ ref('refresh_days') ~ ' order by activity_date'
    ).columns[0].values() -%}
    {%- set timedelta = modules.datetime.timedelta -%}
    {%- set ranges = [] -%}
    {%- for day in days -%}
        {%- set first = day - timedelta(days=days_before) -%}
        {%- set last = day + timedelta(days=days_after) -%}
        {%- if ranges and first <= ranges[-1][1] + timedelta(days=1) -%}
            {%- do ranges.append([ranges.pop()[0], last]) -%}
        {%- else -%}
            {%- do ranges.append([first, last]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(ranges) }}
{%- endmacro %}
