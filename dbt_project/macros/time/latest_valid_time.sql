{% macro latest_valid_time() -%}
    {{ fast_dau.run_at(plus_minutes=fast_dau.setting("max_clock_skew_minutes")) }}
{%- endmacro %}
