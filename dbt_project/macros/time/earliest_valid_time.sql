{% macro earliest_valid_time() -%}
    {{ fast_dau.day_starts_at("date '" ~ fast_dau.setting("events_start_date") ~ "'") }}
{%- endmacro %}
