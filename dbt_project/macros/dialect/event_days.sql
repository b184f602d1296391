{#- Columns of an event: its UTC day and its local day. -#}
{% macro event_days() -%}
    {{ return(adapter.dispatch('event_days', 'fast_dau')()) }}
{%- endmacro %}


{% macro default__event_days() -%}
{%- endmacro %}
