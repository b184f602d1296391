{#- A predicate: whether a day's rows can change in this run, by the model's
    `influence_days`: a changed day touches itself and so many days after it.

    Arguments days_before, days_after: as many days earlier or later, for input that is
    of other days than what is made of it.
    Literal dates, because the planner then knows what they cost; a list where they are
    not in a row, which an index-only scan can still serve, as ranges with `or` cannot.
    Where all is rebuilt, or the table has no days of its own, everything can; where history
    is (`rebuild_scope`), every day that the model can count (`first_whole_day`). -#}
{% macro is_affected_day(column, days_before=0, days_after=0) -%}
    {#- So that dbt's parser knows that the model is built from it. -#}
    {%- do ref('refresh_days') if not execute -%}
    {%- set influence_days = config.meta_get('influence_days') -%}
    {%- set moves_with = config.meta_get('moves_with', []) -%}
    {%- set scope, first_day = fast_dau.rebuild_scope(), fast_dau.first_whole_day() -%}
    {%- if scope == 'everything' or influence_days is none
        or (scope == 'history' and not first_day) -%}
        true
    {%- elif scope == 'history' -%}
        {{ column }} >= date '{{ first_day }}' - {{ days_before }}
    {%- else -%}
        {%- set days = fast_dau.days_around(
            days_before, influence_days + days_after, days_after, moves_with
        ) -%}
        {{ fast_dau.is_one_of(column, days) }}
    {%- endif -%}
{%- endmacro %}


{#- A predicate: whether a day is one of these, which are in order. -#}
{% macro is_one_of(column, days) -%}
    {%- if not days -%}
        false
    {%- elif (days[-1] - days[0]).days == days | length - 1 -%}
        {{ column }} between date '{{ days[0] }}' and date '{{ days[-1] }}'
    {%- else -%}
        {{ column }} in (date '{{ days | join("', date '") }}')
    {%- endif -%}
{%- endmacro %}
