{#- The earliest day of any table, and the day before which all is kept as it is. Where
    the query is only compiled, to plan a run, no run has settled that day yet. -#}
{% macro first_published_day() -%}
    select
        {% if flags.WHICH == 'compile' and execute -%}
        {{ settled_kept_from() }} as kept_from,
        {%- else -%}
        (select kept_from from {{ rollup_state() }}) as kept_from,
        {%- endif %}
        least(
            {%- for name in ['user_day_activity', 'daily_active_users', 'returning_users',
                'daily_retention', 'daily_revisions'] if execute and is_built(name) %}
            (select min(activity_date) from {{ rollup_relation(name) }}),
            {%- endfor %}
            null::date
        ) as first_date
{%- endmacro %}
