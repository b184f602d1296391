{% macro earliest_valid_time() -%}
    {{ fast_dau.day_starts_at("date '" ~ var("events_start_date") ~ "'") }}
{%- endmacro %}
