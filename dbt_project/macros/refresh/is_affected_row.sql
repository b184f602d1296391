{#- A predicate: whether a row of the model's table can change in this run. -#}
{% macro is_affected_row() -%}
    {%- set grain = config.meta_get('grain') -%}
    {%- if grain == 'user' -%}
        user_id in ({{ fast_dau.affected_users() }})
    {%- elif grain == 'cohort' -%}
        {{ fast_dau.is_affected_cell('cohort_date', 'day_number') }}
    {%- else -%}
        {{ fast_dau.is_affected_day('activity_date') }}
    {%- endif -%}
{%- endmacro %}


{#- Those with a row on an affected day now, or when their row was written. -#}
{% macro affected_users() -%}
    select user_id from {{ ref('user_day_activity') }}
    where {{ fast_dau.is_affected_day('activity_date') }}
    union
    select user_id from {{ this }}
    where {{ fast_dau.is_affected_day('first_activity_date') }}
    union
    select user_id from {{ this }}
    where {{ fast_dau.is_affected_day('last_activity_date') }}
{%- endmacro %}
