{#- A predicate: whether one of `events` makes its user active on the day of `days`. -#}
{% macro is_active_event() -%}
    {{ adapter.dispatch('is_event_of_day', 'fast_dau')() }}
    {{ fast_dau.and_is_active_kind() }}
{%- endmacro %}


{% macro and_is_active_kind() -%}
    {%- if fast_dau.setting('active_kinds') %}
    and cast(events.kind as {{ dbt.type_string() }}) in ({{ fast_dau.string_literals(fast_dau.setting('active_kinds')) }})
    {%- endif %}
{%- endmacro %}


{#- A range of the index. -#}
{% macro default__is_event_of_day() -%}
    {{ fast_dau.is_since('days.day_starts_at') }}
    and {{ fast_dau.is_before('days.day_ends_at') }}
{%- endmacro %}
