{#- A predicate: whether events are of these UTC days, for where they are stored by their
    day, so that only those are read. -#}
{% macro event_date(condition) -%}
    {{ return(adapter.dispatch('event_date', 'fast_dau')(condition)) }}
{%- endmacro %}


{#- The index on performed_at serves by itself. -#}
{% macro default__event_date(condition) -%}
    true
{%- endmacro %}
