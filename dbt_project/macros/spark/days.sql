{#- As of the run that last looked (`may_read_all_events`). -#}
{% macro spark__known_first_event() -%}
    select first_event_at from {{ fast_dau.rollup_state() }}
{%- endmacro %}


{#- Where each day has a folder, Spark would open a file of each. -#}
{% macro spark__edge_day_of(name, column, edge) -%}
    {%- set table = load_cached_relation(fast_dau.rollup_relation(name)) -%}
    {%- if 'Partition Columns' not in (table.information or '') -%}
        {{ return(fast_dau.default__edge_day_of(name, column, edge)) }}
    {%- endif -%}
    {%- set found = run_query('show partitions ' ~ table).columns[0].values() | sort -%}
    {%- set folder = (found[0] if edge == 'min' else found[-1]) if found else none -%}
    {{ return("date '" ~ folder.split('=')[1] ~ "'" if folder else 'null::date') }}
{%- endmacro %}


{#- Spark would read every day for it, and so asks first whether any user has lost one. -#}
{% macro spark__bound_of_other_days(bound) -%}
    {%- if fast_dau.rebuild_scope() != 'everything' and not fast_dau.has_lost_bounds() -%}
    null::date
    {%- else -%}
    {{ fast_dau.default__bound_of_other_days(bound) }}
    {%- endif -%}
{%- endmacro %}


{% macro has_lost_bounds() -%}
    {{ return(fast_dau.rows_once(
        "select count(*) from (select * from " ~ this ~ " where "
        ~ fast_dau.is_affected_day('first_activity_date')
        ~ " or " ~ fast_dau.is_affected_day('last_activity_date')
        ~ ") as known left join (select user_id, min(activity_date) as first_date,"
        ~ " max(activity_date) as last_date from " ~ ref('user_day_activity')
        ~ " where " ~ fast_dau.is_affected_day('activity_date')
        ~ " group by user_id) as refreshed on known.user_id = refreshed.user_id"
        ~ " where refreshed.user_id is null or ("
        ~ fast_dau.is_affected_day('known.first_activity_date')
        ~ " and refreshed.first_date > known.first_activity_date) or ("
        ~ fast_dau.is_affected_day('known.last_activity_date')
        ~ " and refreshed.last_date < known.last_activity_date)"
    )[0][0] > 0) }}
{%- endmacro %}


{#- Spark can look up a day's events only by equality. A local day lies in its UTC day and
    one of those beside it. -#}
{% macro spark__is_event_of_day() -%}
    events.activity_date = days.activity_date
    and {{ fast_dau.is_affected_day('events.activity_date') }}
    and {{ fast_dau.is_affected_day('events.event_date', days_before=1, days_after=1) }}
{%- endmacro %}


{% macro spark__refreshed_days() -%}
    {{ return(fast_dau.days_found(
        'select activity_date from ' ~ fast_dau.rollup_relation('refresh_days')
    )) }}
{%- endmacro %}


{% macro spark__moved_days() -%}
    {{ return(fast_dau.rows_once(
        'select activity_date, bound from ' ~ fast_dau.rollup_relation('moved_days')
    )) }}
{%- endmacro %}
