{#- A query: the time of the first valid event, as `first_event_at`. -#}
{% macro known_first_event() -%}
    {{ return(adapter.dispatch('known_first_event', 'fast_dau')()) }}
{%- endmacro %}


{#- By the order, not as the minimum, for which the planner reads all that a view joins. -#}
{% macro default__known_first_event() -%}
    select (
        select {{ fast_dau.event_time() }}
        from {{ fast_dau.events(limited=true) }} as events
        where {{ fast_dau.is_valid_event() }}
        order by events.performed_at
        limit 1
    ) as first_event_at
{%- endmacro %}
