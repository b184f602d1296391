{#- A predicate: whether events are of these UTC days, for where they are stored by their
    day, so that only those are read. -#}
{% macro event_date(condition) -%}
    {{ return(adapter.dispatch('event_date', 'fast_dau')(condition)) }}
{%- endmacro %}


{#- The index on performed_at serves by itself. -#}
{% macro default__event_date(condition) -%}
    true
{%- endmacro %}


{% macro spark__event_date(condition) -%}
    event_date {{ condition }}
{%- endmacro %}


{#- Columns of an event: its UTC day and its local day. -#}
{% macro event_days() -%}
    {{ return(adapter.dispatch('event_days', 'fast_dau')()) }}
{%- endmacro %}


{% macro default__event_days() -%}
{%- endmacro %}


{#- Spark joins events to days by their day, as it has no index to look up ranges in. -#}
{% macro spark__event_days() -%}
    ,
    event_date,
    {{ fast_dau.local_date('performed_at') }} as activity_date
{%- endmacro %}
