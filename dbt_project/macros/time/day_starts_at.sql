{#- The first UTC instant of a local calendar day, from an expression of type date. -#}
{% macro day_starts_at(local_day) -%}
    {{ return(adapter.dispatch('day_starts_at', 'fast_dau')(local_day)) }}
{%- endmacro %}


{#- Where clocks go back over midnight (Havana, Azores) the day has two midnights,
    and Postgres reads the later. The offset of the day before gives the earlier. -#}
{% macro default__day_starts_at(local_day) -%}
    {%- set midnight = "(" ~ local_day ~ ")::timestamp" -%}
    {%- set later = "(" ~ midnight ~ " at time zone '" ~ fast_dau.setting("time_zone")
        ~ "' at time zone 'UTC')" -%}
    {%- set day_before = "(" ~ later ~ " - interval '1 day')" -%}
    {%- set earlier = "(" ~ midnight ~ " - (" ~ fast_dau.local_time(day_before)
        ~ " - " ~ day_before ~ "))" -%}
    case
        when {{ fast_dau.local_time(earlier) }} = {{ midnight }}
            then least({{ earlier }}, {{ later }})
        else {{ later }}
    end
{%- endmacro %}
