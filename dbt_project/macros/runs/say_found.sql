{#- On-run-end: what the first build found in the events, and what any build did where no day
    has a user: a few lines in which a wrong table, column or setting shows. -#}
{% macro say_found(results) -%}
    {%- set built = results | selectattr('status', 'equalto', 'success')
        | map(attribute='node.unique_id') | list -%}
    {%- if 'model.fast_dau.daily_active_users' in built and not flags.EMPTY -%}
        {%- set days = run_query(fast_dau.active_days()).rows[0] -%}
        {%- if days['first_builds'] or days['first_day'] is none -%}
            {%- set users = run_query('select count(*) from '
                ~ fast_dau.rollup_relation('user_lifetimes')).rows[0][0]
                if 'model.fast_dau.user_lifetimes' in built else none -%}
            {%- do log("fast-dau: " ~ fast_dau.active_days_in_words(days, users), info=true) -%}
            {%- do fast_dau.say_rejected() if fast_dau.is_built('rejected_events') -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{% macro active_days() -%}
    select
        days.*,
        refreshed.first_builds
    from (
        select
            min(first_day) as first_day,
            min(last_day) as last_day,
            sum(events_count) as events_count,
            sum(
                case when dau = 0 and activity_date between first_day and last_day then 1 else 0 end
            ) as silent_days
        from (
            select
                *,
                min(case when dau > 0 then activity_date end) over () as first_day,
                max(case when dau > 0 then activity_date end) over () as last_day
            from {{ fast_dau.rollup_relation('daily_active_users') }}
        ) as all_days
    ) as days
    cross join (
        select count(*) as first_builds
        from {{ fast_dau.rollup_relation('refresh_days') }}
        where reason = 'first build'
    ) as refreshed
{%- endmacro %}


{% macro active_days_in_words(days, users) -%}
    {%- set kinds = fast_dau.setting('active_kinds') | join(', ') -%}
    {%- set only = ' (only of the kinds ' ~ kinds ~ ': fast_dau_active_kinds)' if kinds else '' -%}
    {%- if days['first_day'] is none -%}
        {{ return("no event counts, so that no day has a user" ~ only) }}
    {%- endif -%}
    {%- set silent = days['silent_days'] | int -%}
    {{ return(
        "{:,} events".format(days['events_count'] | int)
        ~ (" of {:,} users".format(users | int) if users is not none else "")
        ~ " count" ~ only ~ ", from " ~ days['first_day'] ~ " to " ~ days['last_day']
        ~ (" with {:,} days between that have none".format(silent) if silent else "")
    ) }}
{%- endmacro %}


{% macro say_rejected() -%}
    {#- Where timestamps end, the clocks of a zone are beyond the end. -#}
    {%- set first_day = fast_dau.local_date("greatest(least(earliest_performed_at, "
        ~ "cast('9999-12-30' as timestamp)), cast('0001-01-02' as timestamp))") -%}
    {%- set query -%}
    select
        reason,
        events_count,
        cast({{ first_day }} as {{ dbt.type_string() }}) as first_day
    from {{ fast_dau.rollup_relation('rejected_events') }}
    order by reason
    {%- endset -%}
    {%- for row in run_query(query).rows -%}
        {%- do log("fast-dau: not counted: " ~ "{:,}".format(row['events_count'] | int)
            ~ " events " ~ fast_dau.rejections()[row['reason']].format(
                first_day=row['first_day'],
                events_start_date=fast_dau.setting('events_start_date'),
                max_clock_skew_minutes=fast_dau.setting('max_clock_skew_minutes'),
            ), info=true) -%}
    {%- endfor -%}
{%- endmacro %}
