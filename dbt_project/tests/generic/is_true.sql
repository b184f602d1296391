{#- Rows of which a condition is not true; null is not true. With `refreshed_only`, of
    the days that the latest run rebuilt, so that an hourly run stays cheap. -#}
{% test is_true(model, condition, refreshed_only=false) %}

select *
from {{ model }}
where
    ({{ condition }}) is not true
    {%- if refreshed_only %}
    and {{ fast_dau.is_refreshed_day('activity_date') }}
    {%- endif %}

{% endtest %}
