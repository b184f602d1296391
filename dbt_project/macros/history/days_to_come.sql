{#- The last day of the tables, and the last with users, where they are after `today`, the
    day on which this run's clock is; and the first day of the tables. Either a run before
    had a clock that was ahead, or this one's is behind, and the run is refused: where
    people were active on those days, only a full run removes them. -#}
{% macro days_to_come() -%}
    {%- if fast_dau.run_kind() == 'start_over' or not fast_dau.is_built('daily_active_users')
        or not fast_dau.is_built('user_day_activity') -%}
        {{ return({}) }}
    {%- endif -%}
    {%- set today = fast_dau.local_date(fast_dau.run_at()) -%}
    {%- set published = fast_dau.rollup_relation('daily_active_users') -%}
    {%- set days = fast_dau.dates_of(
        'select ' ~ today ~ ' as today, (select min(activity_date) from ' ~ published
        ~ ') as first_day, (select max(activity_date) from ' ~ published
        ~ ' where activity_date > ' ~ today ~ ') as last_day, (select max(activity_date) from '
        ~ fast_dau.rollup_relation('user_day_activity')
        ~ ' where activity_date > ' ~ today ~ ') as last_active_day'
    ) -%}
    {%- set clock = "the clock of this run shows " ~ days.today ~ ", but the tables hold days "
        ~ "up to " ~ days.last_day -%}
    {%- if days.last_day and days.first_day > days.today -%}
        {%- do fast_dau.refuse(clock ~ ", and none before " ~ days.first_day
            ~ ": set the clock") -%}
    {%- elif days.last_active_day and fast_dau.run_kind() == 'incremental' -%}
        {%- do fast_dau.refuse(clock ~ ", with users up to " ~ days.last_active_day ~ ". If the "
            ~ "clock is behind, set it. If that of an earlier run was ahead, remove the days to "
            ~ "come with `fast-dau dbt build --vars 'fast_dau_refresh: full'`") -%}
    {%- endif -%}
    {{ return(days) }}
{%- endmacro %}


{#- Days that a clock that was ahead has closed were not over, and how far it was ahead
    nobody knows: all are rebuilt, and those to come are removed. -#}
{% macro settle_days_to_come(days) -%}
    {%- if days.last_day -%}
        {%- do fast_dau.note_all_days('unfinished') -%}
        {%- do log("fast-dau: the tables hold days to come, up to " ~ days.last_day
            ~ ", because the clock of an earlier run was ahead: this run removes the days "
            ~ "after " ~ days.today ~ ", and rebuilds all others", info=true) -%}
    {%- endif -%}
{%- endmacro %}
