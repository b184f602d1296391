{#- The calendar day, in the reporting time zone, of a UTC timestamp. -#}
{% macro local_date(utc_timestamp) -%}
    ({{ fast_dau.local_time(utc_timestamp) }})::date
{%- endmacro %}


{#- The reporting zone's wall clock at a UTC timestamp. Both zones are named, so
    that the session's own zone cannot matter. -#}
{% macro local_time(utc_timestamp) -%}
    {{ return(adapter.dispatch('local_time', 'fast_dau')(utc_timestamp)) }}
{%- endmacro %}


{% macro default__local_time(utc_timestamp) -%}
    {{ utc_timestamp }} at time zone 'UTC' at time zone '{{ fast_dau.setting("time_zone") }}'
{%- endmacro %}
