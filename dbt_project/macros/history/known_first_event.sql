{#- A query: the time of the first valid event, as `first_event_at`. -#}
{% macro known_first_event() -%}
    {{ return(adapter.dispatch('known_first_event', 'fast_dau')()) }}
{%- endmacro %}


{% macro default__known_first_event() -%}
    {{ fast_dau.first_event_at() }}
{%- endmacro %}


{#- As of the run that last looked (`reads_every_event`). -#}
{% macro spark__known_first_event() -%}
    select first_event_at from {{ fast_dau.rollup_state() }}
{%- endmacro %}
