{#- Which events do not count, in words, and what changes that; by the reason that
    rejected_events has. The command line reads it here too. -#}
{% macro rejections() -%}
    {{ return({
        'performed_at is null': "without a time: fast_dau_events_columns names the "
            ~ "column that is read as performed_at",
        'performed_at is infinite': "whose time is infinite, or beyond what a timestamp can hold",
        'performed_at is before events_start_date': "before {events_start_date}, the earliest on "
            ~ "{first_day}: if these times are right, set fast_dau_events_start_date in "
            ~ "dbt_project.yml to {first_day}, then "
            ~ "fast-dau dbt build --vars 'fast_dau_refresh: start_over'",
        'performed_at is in the future': "more than {max_clock_skew_minutes} minutes in the "
            ~ "future (fast_dau_max_clock_skew_minutes), the earliest on {first_day}: if these "
            ~ "times are wrong, see fast_dau_performed_at_zone and fast_dau_performed_at_unit",
        'user_id is null': "without a user: fast_dau_events_columns names the column that is "
            ~ "read as user_id",
    }) }}
{%- endmacro %}
