{#- A query: what the caller finds of the events of each of `days` (`is_active_event`), day by
    day, with the day's `activity_date` before it. Each day is one range of the index on
    performed_at. They are looked up one after the other; where a run builds all days, each is
    a branch of its own, which the server shares out among its processes (`parallel_days`). -#}
{% macro each_day() -%}
    {%- set query = caller() -%}
    {%- set days = fast_dau.bounds_of_days() if fast_dau.has_branches() else [] -%}
    {%- if not days -%}
    {{ fast_dau.rows_of_days(fast_dau.days_to_build(), query) }}
    {%- else -%}
    {#- In groups, or the parser would go as deep as there are days. -#}
    {%- for group in days | batch(100) -%}
    (
        {%- for day in group %}
        {{ fast_dau.rows_of_days("(select date '" ~ day.activity_date ~ "' as activity_date, timestamp '"
            ~ day.day_starts_at ~ "' as day_starts_at, timestamp '" ~ day.day_ends_at
            ~ "' as day_ends_at) as literal_days", query) }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    )
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{% macro rows_of_days(days, query) -%}
        select
            days.activity_date,
            rows_of_day.*
        from (select * from {{ days }}) as days
        cross join lateral (
            {{ query | trim }}
        ) as rows_of_day
{%- endmacro %}


{#- Whether there is a branch for each day: where a run is to build all days, and these are in
    refresh_days. Not for fewer than half a month, which is as quick one after the other, nor
    for more than 4,000 days, which would take seconds to plan, and of which most have no
    event. -#}
{% macro has_branches() -%}
    {%- if not execute or target.type != 'postgres' or not fast_dau.is_run()
        or model.resource_type != 'model' or not fast_dau.is_built('refresh_days') -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set state = fast_dau.state_once() -%}
    {{ return(
        15 < state.days | default([], true) | length <= 4000
        and (state.reasons or []) | select('in', ['first build', 'full']) | list != []
    ) }}
{%- endmacro %}


{% macro bounds_of_days() -%}
    {%- set first_day = fast_dau.first_whole_day() -%}
    {{ return(fast_dau.rows_once(
        'select activity_date::text, day_starts_at::text, day_ends_at::text from '
        ~ fast_dau.rollup_relation('refresh_days') ~ " where reason <> 'gone'"
        ~ (" and activity_date >= date '" ~ first_day ~ "'" if first_day else '')
        ~ ' order by activity_date'
    )) }}
{%- endmacro %}
