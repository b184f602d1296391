{#- The columns of a model's key, of which `unique_key` may be a name or a list. -#}
{% macro key_columns(model) -%}
    {%- set key = model.config.unique_key -%}
    {{ return([key] if key is string else key) }}
{%- endmacro %}
