{#- The earliest day of any table, and the day before which all is kept as it is. Where
    the query is only compiled, to plan a run, no run has settled that day yet. A run that
    starts over does not look: the tables are replaced, each while others are read. -#}
{% macro first_published_day() -%}
    {%- set day_columns = {
        'user_day_activity': 'activity_date',
        'daily_active_users': 'activity_date',
        'returning_users': 'activity_date',
        'daily_retention': 'activity_date',
        'daily_revisions': 'activity_date',
        'rolling_active_users': 'activity_date',
        'growth_accounting': 'activity_date',
        'activity_frequency_28d': 'activity_date',
        'cohort_retention': 'cohort_date',
        'daily_active_users_by_course': 'activity_date',
        'daily_active_users_by_segment': 'activity_date',
    } if execute and not is_starting_over() else {} -%}
    select
        {% if flags.WHICH == 'compile' and execute -%}
        {{ settled_kept_from() }} as kept_from,
        {%- else -%}
        (select kept_from from {{ rollup_state() }}) as kept_from,
        {%- endif %}
        least(
            {%- for name, column in day_columns.items() if is_built(name) %}
            {{ first_day_of(name, column) }},
            {%- endfor %}
            -- Two, because Spark's `least` of one is an error.
            null::date,
            null::date
        ) as first_date
{%- endmacro %}
