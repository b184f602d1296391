{#- The earliest day of any table, and the day before which all is kept as it is. -#}
{% macro first_published_day() -%}
    select
        kept_from,
        least(
            {%- for name in ['user_day_activity', 'daily_active_users', 'daily_retention',
                'refresh_days'] if execute and is_built(name) %}
            (select min(activity_date) from {{ rollup_relation(name) }}),
            {%- endfor %}
            null::date
        ) as first_date
    from {{ rollup_state() }}
{%- endmacro %}
