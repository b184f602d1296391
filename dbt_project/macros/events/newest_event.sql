{#- A query: the time in UTC of the newest event, but for those in the future, which must not
    pass for fresh data. -#}
{% macro newest_event() -%}
    {{ return(adapter.dispatch('newest_event', 'fast_dau')()) }}
{%- endmacro %}


{% macro default__newest_event() -%}
    select {{ fast_dau.event_time('max(events.performed_at)') }} as newest_event_at
    from {{ fast_dau.events(limited=true) }} as events
    where {{ fast_dau.is_up_to("(now() at time zone 'UTC')") }}
{%- endmacro %}
