{#- A predicate: whether a row of the model's table can change in this run. -#}
{% macro is_affected_row() -%}
    {%- set grain = config.meta_get('grain') -%}
    {%- if grain == 'user' -%}
        {{ is_affected_user() }}
    {%- elif grain == 'cohort' -%}
        {{ is_affected_cell('cohort_date', 'day_number') }}
    {%- else -%}
        {{ is_affected_day('activity_date') }}
    {%- endif -%}
{%- endmacro %}


{#- Of users: those with a row on an affected day now, or when their row was written. -#}
{% macro is_affected_user() -%}
    user_id in ({{ affected_users() }})
{%- endmacro %}


{% macro affected_users() -%}
    select user_id from {{ ref('user_day_activity') }}
    where {{ is_affected_day('activity_date') }}
    union
    select user_id from {{ this }}
    where {{ is_affected_day('first_activity_date') }}
    union
    select user_id from {{ this }}
    where {{ is_affected_day('last_activity_date') }}
{%- endmacro %}


{#- Of cohorts: all cells of affected cohorts, and those that affected days fall into. The
    first condition follows from the second, and is one that an index serves. -#}
{% macro is_affected_cell(cohort_date, day_number) -%}
    {{ is_affected_day(cohort_date, days_before=var('cohort_days')) }}
    and (
        {{ is_affected_day(cohort_date) }}
        or {{ is_affected_day(cohort_date ~ ' + ' ~ day_number) }}
    )
{%- endmacro %}
