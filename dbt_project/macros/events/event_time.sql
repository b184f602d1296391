{#- An expression: the time of one of `events`, as a UTC timestamp. -#}
{% macro event_time(column='events.performed_at') -%}
    {{ return(adapter.dispatch('event_time', 'fast_dau')(column)) }}
{%- endmacro %}


{#- Of numbers, those that no timestamp can show are infinite. -#}
{% macro default__event_time(column) -%}
    {%- set type, zone = fast_dau.setting('performed_at_type'), fast_dau.setting('performed_at_zone') -%}
    {%- if type == 'timestamptz' -%}
    ({{ column }} at time zone 'UTC')
    {%- elif type != 'timestamp' -%}
    (
        case
            when {{ column }} < {{ fast_dau.edges_of_time()[0] }} then timestamp '-infinity'
            when {{ column }} >= {{ fast_dau.edges_of_time()[1] }} then timestamp 'infinity'
            else to_timestamp({{ column }} / {{ fast_dau.units_a_second() }}.0) at time zone 'UTC'
        end
    )
    {%- elif zone != 'UTC' -%}
    ({{ column }} at time zone '{{ zone }}' at time zone 'UTC')
    {%- else -%}
    {{ column }}
    {%- endif -%}
{%- endmacro %}


{#- The first (`min`) or last (`max`) time of some of `events`, converted once; but on the
    clocks of a zone a time that they left out in spring is later than those after it. -#}
{% macro extreme_event_time(function) -%}
    {%- if fast_dau.setting('performed_at_zone') == 'UTC' -%}
    {{ fast_dau.event_time(function ~ '(events.performed_at)') }}
    {%- else -%}
    {{ function }}({{ fast_dau.event_time() }})
    {%- endif -%}
{%- endmacro %}


{% macro units_a_second() -%}
    {{ return(1000 if fast_dau.setting('performed_at_unit') == 'milliseconds' else 1) }}
{%- endmacro %}


{#- Predicates: whether an event's time is at or after, before, at or before, or after a UTC
    timestamp. The bound is converted, not the column, so that the index on it serves. -#}
{% macro is_since(bound, column='events.performed_at') -%}
    {{ return(adapter.dispatch('compare_event_time', 'fast_dau')(column, '>=', bound)) }}
{%- endmacro %}


{% macro is_before(bound, column='events.performed_at') -%}
    {{ return(adapter.dispatch('compare_event_time', 'fast_dau')(column, '<', bound)) }}
{%- endmacro %}


{% macro is_up_to(bound, column='events.performed_at') -%}
    {{ return(adapter.dispatch('compare_event_time', 'fast_dau')(column, '<=', bound)) }}
{%- endmacro %}


{% macro is_after(bound, column='events.performed_at') -%}
    {{ return(adapter.dispatch('compare_event_time', 'fast_dau')(column, '>', bound)) }}
{%- endmacro %}


{% macro default__compare_event_time(column, operator, bound) -%}
    {%- set type, zone = fast_dau.setting('performed_at_type'), fast_dau.setting('performed_at_zone') -%}
    {%- if type == 'timestamptz' -%}
    {{ column }} {{ operator }} ({{ bound }}) at time zone 'UTC'
    {%- elif type != 'timestamp' -%}
    {{ column }} {{ operator }} {{ fast_dau.number_of_time(bound, operator) }}
    {%- elif zone != 'UTC' -%}
    {{ column }} {{ operator }} {{ fast_dau.widest_local_time(bound, operator) }}
    and {{ fast_dau.event_time(column) }} {{ operator }} {{ bound }}
    {%- else -%}
    {{ column }} {{ operator }} {{ bound }}
    {%- endif -%}
{%- endmacro %}


{#- In the column's own type, or its index would not serve: of whole numbers, the next that is
    on the same side of the bound. -#}
{% macro number_of_time(bound, operator) -%}
    {%- set type = fast_dau.setting('performed_at_type') -%}
    {%- set number = "extract(epoch from " ~ bound ~ ") * " ~ fast_dau.units_a_second() -%}
    {%- if type in ['numeric', 'double precision'] -%}
    ({{ number }})::{{ type }}
    {%- else -%}
    {{ 'ceil' if operator in ['>=', '<'] else 'floor' }}({{ number }})::bigint
    {%- endif -%}
{%- endmacro %}


{#- Where clocks are put forward, wall clock times that do not exist are of a later moment than
    those after them: by the offsets before and after, none is left out. -#}
{% macro widest_local_time(bound, operator) -%}
    {%- set offsets = [] -%}
    {%- for hours in [-25, 0, 25] -%}
        {%- do offsets.append("((" ~ bound ~ ") + interval '" ~ hours ~ " hours') at time zone 'UTC'"
            ~ " at time zone '" ~ fast_dau.setting('performed_at_zone') ~ "' - interval '"
            ~ hours ~ " hours'") -%}
    {%- endfor -%}
    {{ 'least' if operator in ['>', '>='] else 'greatest' }}({{ offsets | join(', ') }})
{%- endmacro %}


{#- Predicates: whether an event's time is that one, to the microsecond; whether it is infinite,
    or of no time that a timestamp can show. -#}
{% macro is_at(time, column='events.performed_at') -%}
    {{ fast_dau.is_since(time ~ " - interval '1 microsecond'", column) }}
    and {{ fast_dau.is_up_to(time ~ " + interval '1 microsecond'", column) }}
{%- endmacro %}


{% macro is_infinite(column='events.performed_at') -%}
    {{ return(adapter.dispatch('is_infinite', 'fast_dau')(column)) }}
{%- endmacro %}


{% macro default__is_infinite(column) -%}
    {%- if 'timestamp' in fast_dau.setting('performed_at_type') -%}
    {{ column }} in ('-infinity', 'infinity')
    {%- else -%}
    {{ column }} < {{ fast_dau.edges_of_time()[0] }} or {{ column }} >= {{ fast_dau.edges_of_time()[1] }}
    {%- endif -%}
{%- endmacro %}


{#- What Postgres's timestamps begin and end with, in the units of the column. -#}
{% macro edges_of_time() -%}
    {%- set units = fast_dau.units_a_second() -%}
    {{ return([-210866803200 * units, 9224318016000 * units]) }}
{%- endmacro %}
