{#- Why a run is refused whose clock is before days that the tables hold; none: it is not.
    Either a run before had a clock that was ahead, or this one's is behind: where people
    were active on those days, only a full run removes them. -#}
{% macro objection_to_clock() -%}
    {%- set days = fast_dau.published_after_today() -%}
    {%- if not days.last_day -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set clock = "the clock of this run shows " ~ days.today ~ ", but the tables hold days "
        ~ "up to " ~ days.last_day -%}
    {%- if days.first_day > days.today -%}
        {{ return(clock ~ ", and none before " ~ days.first_day ~ ": set the clock") }}
    {%- elif days.last_active_day and fast_dau.run_kind() == 'incremental' -%}
        {{ return(clock ~ ", with users up to " ~ days.last_active_day ~ ". If the clock is "
            ~ "behind, set it. If that of an earlier run was ahead, remove the days to come "
            ~ "with `fast-dau dbt build --vars 'fast_dau_refresh: full'`") }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}


{#- Days that a clock that was ahead has closed were not over, and how far it was ahead
    nobody knows: all are rebuilt, and those to come are removed. -#}
{% macro settle_clock() -%}
    {%- set days = fast_dau.published_after_today() -%}
    {%- if days.last_day -%}
        {%- do fast_dau.note_all_days('unfinished') -%}
        {%- do log("fast-dau: the tables hold days to come, up to " ~ days.last_day
            ~ ", because the clock of an earlier run was ahead: this run removes the days "
            ~ "after " ~ days.today ~ ", and rebuilds all others", info=true) -%}
    {%- endif -%}
{%- endmacro %}


{#- The last day of the tables, and the last with users, where they are after `today`, the
    day on which this run's clock is; and the first day of the tables. -#}
{% macro published_after_today() -%}
    {%- if fast_dau.run_kind() == 'start_over' or not fast_dau.is_built('daily_active_users')
        or not fast_dau.is_built('user_day_activity') -%}
        {{ return({}) }}
    {%- endif -%}
    {%- set today = fast_dau.local_date(fast_dau.run_at()) -%}
    {{ return(fast_dau.dates_of(
        'select today, (select min(activity_date) from '
        ~ fast_dau.rollup_relation('daily_active_users') ~ ') as first_day,'
        ~ ' (select max(activity_date) from ' ~ fast_dau.rollup_relation('daily_active_users')
        ~ ' where activity_date > ' ~ today ~ ') as last_day,'
        ~ ' (select max(activity_date) from ' ~ fast_dau.rollup_relation('user_day_activity')
        ~ ' where activity_date > ' ~ today ~ ') as last_active_day'
        ~ ' from (select ' ~ today ~ ' as today) as clock'
    )) }}
{%- endmacro %}
