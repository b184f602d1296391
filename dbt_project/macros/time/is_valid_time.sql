{#- Whether an event's time can be counted: present, finite, neither too old nor in
    the future. Bounds on the bare column, so that the index on it serves. -#}
{% macro is_valid_time(performed_at) -%}
    {{ performed_at }} >= {{ fast_dau.earliest_valid_time() }}
    and {{ performed_at }} <= {{ fast_dau.latest_valid_time() }}
{%- endmacro %}
