{% macro latest_valid_time() -%}
    {{ fast_dau.run_at(plus_minutes=var("max_clock_skew_minutes")) }}
{%- endmacro %}
