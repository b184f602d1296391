{#- The earliest day of any table, and the day before which all is kept as it is. Where
    the query is only compiled, to plan a run, no run has settled that day yet. A run that
    starts over does not look: the tables are replaced, each while others are read. -#}
{% macro first_published_day() -%}
    select
        {% if flags.WHICH == 'compile' and execute -%}
        {{ settled_kept_from() }} as kept_from,
        {%- else -%}
        (select kept_from from {{ rollup_state() }}) as kept_from,
        {%- endif %}
        least(
            {%- for name in ['user_day_activity', 'daily_active_users', 'returning_users',
                'daily_retention', 'daily_revisions', 'rolling_active_users',
                'growth_accounting', 'activity_frequency_28d',
                'daily_active_users_by_course', 'daily_active_users_by_segment'
            ] if execute and is_built(name) and not is_starting_over() %}
            (select min(activity_date) from {{ rollup_relation(name) }}),
            {%- endfor %}
            {%- if execute and is_built('cohort_retention') and not is_starting_over() %}
            (select min(cohort_date) from {{ rollup_relation('cohort_retention') }}),
            {%- endif %}
            null::date
        ) as first_date
{%- endmacro %}
