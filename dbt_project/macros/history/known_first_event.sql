{#- A query: the time of the first valid event, as `first_event_at`. -#}
{% macro known_first_event() -%}
    {{ return(adapter.dispatch('known_first_event', 'fast_dau')()) }}
{%- endmacro %}


{% macro default__known_first_event() -%}
    select min(performed_at) as first_event_at from {{ source('app', 'events') }}
    where user_id is not null and {{ fast_dau.is_valid_time('performed_at') }}
{%- endmacro %}
