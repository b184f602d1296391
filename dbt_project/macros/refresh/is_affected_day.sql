{#- A predicate: whether a day's rows can change in this run, by the model's
    `influence_days`: a changed day touches itself and so many days after it.

    Argument days_before: as many days earlier, for input that looks back.
    Literal dates, because the planner then knows what they cost; a list where they are
    not in a row, which an index-only scan can still serve, as ranges with `or` cannot.
    Where the table is built from nothing, or has no days of its own, everything can;
    with dbt's --full-refresh, every day whose events are all there. -#}
{% macro is_affected_day(column, days_before=0) -%}
    {%- set influence_days = config.meta_get('influence_days') -%}
    {%- set moves_with = config.meta_get('moves_with', []) -%}
    {%- if not execute or not is_incremental() or influence_days is none
        or (moves_with and builds_all_days()) -%}
        true
    {%- elif builds_all_days() -%}
        {{ column }} >= coalesce(
            (select rollup_state.kept_from from {{ rollup_state() }} as rollup_state),
            '-infinity'
        ) - {{ days_before }}
    {%- else -%}
        {%- set days = days_around(days_before, influence_days, moves_with) -%}
        {%- if not days -%}
            false
        {%- elif (days[-1] - days[0]).days == days | length - 1 -%}
            {{ column }} between date '{{ days[0] }}' and date '{{ days[-1] }}'
        {%- else -%}
            {{ column }} in (date '{{ days | join("', date '") }}')
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- Whether a run builds a table's every day, whatever stands in refresh_days. -#}
{% macro builds_all_days() -%}
    {{ return(flags.FULL_REFRESH or is_redefined()) }}
{%- endmacro %}


{#- The days of refresh_days, with so many days before and after each, in order; with the
    days that moved, and so many before them. Asked for more than once by a model, and
    kept with it, as a query costs dbt milliseconds. -#}
{% macro days_around(days_before, days_after, moves_with) -%}
    {%- set name = 'days around ' ~ days_before -%}
    {%- if name not in model -%}
        {%- set query -%}
        select activity_date + n as activity_date
        from {{ ref('refresh_days') }}
        cross join generate_series(-{{ days_before }}, {{ days_after }}) as n
        union
        {%- if moves_with %}
        select moved.activity_date - n
        from ({{ days_moved_with(moves_with) }}) as moved
        cross join generate_series(0, {{ days_before }}) as n
        union
        {%- endif %}
        select null where false
        order by activity_date
        {%- endset -%}
        {%- do model.update({name: run_query(query).columns[0].values()}) -%}
    {%- endif -%}
    {{ return(model[name]) }}
{%- endmacro %}
