{#- A query: the time of the first event, of those not before `since`, an expression. -#}
{% macro first_event_at(since=none) -%}
    select min(performed_at) as first_event_at from {{ source('app', 'events') }}
    where
        user_id is not null
        and {{ fast_dau.is_valid_time('performed_at') }}
        {% if since is not none -%}
        and performed_at >= {{ since }}
        {%- endif %}
{%- endmacro %}
