{#- A predicate: whether one of `events` makes its user active on the day of `days`. -#}
{% macro is_active_event() -%}
    events.performed_at >= days.day_starts_at
    and events.performed_at < days.day_ends_at
    {% if var('active_kinds') -%}
    and events.kind in ({{ string_literals(var('active_kinds')) }})
    {%- endif %}
{%- endmacro %}
