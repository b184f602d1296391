{#- Whether an event's time can be counted: present, finite, neither too old nor in
    the future. Bounds on the bare column, so that the index on it serves. -#}
{% macro is_valid_time(performed_at) -%}
    {{ performed_at }} >= {{ fast_dau.earliest_valid_time() }}
    and {{ performed_at }} <= {{ fast_dau.latest_valid_time() }}
{%- endmacro %}


{#- The same of one of `events`. -#}
{% macro is_valid_event() -%}
    events.user_id is not null and {{ fast_dau.has_valid_time() }}
{%- endmacro %}


{% macro has_valid_time() -%}
    {{ fast_dau.is_since(fast_dau.earliest_valid_time()) }}
    and {{ fast_dau.is_up_to(fast_dau.latest_valid_time()) }}
{%- endmacro %}
