{#- A query: the time of the first valid event, as `first_event_at`. -#}
{% macro known_first_event() -%}
    {{ return(adapter.dispatch('known_first_event', 'fast_dau')()) }}
{%- endmacro %}


{% macro default__known_first_event() -%}
    {{ fast_dau.first_event_at() }}
{%- endmacro %}
