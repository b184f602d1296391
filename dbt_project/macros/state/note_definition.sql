{#- By name, the values now of the variables in a model's `defined_by`. -#}
{% macro definition_of(model) -%}
    {%- set values = {} -%}
    {%- for name in model.config.meta.get('defined_by', []) -%}
        {%- do values.update({name: fast_dau.setting(name)}) -%}
    {%- endfor -%}
    {{ return(values) }}
{%- endmacro %}


{#- Keeps those values, in the transaction that built the table with them. -#}
{% macro note_definition() -%}
    {%- set values = fast_dau.definition_of(model) -%}
    {%- do run_query(
        "update " ~ fast_dau.rollup_state() ~ " set model_vars = model_vars || jsonb_build_object('"
        ~ model.name ~ "', " ~ fast_dau.string_literals([tojson(values)]) ~ '::jsonb)'
    ) if values and fast_dau.state_once().model_vars.get(model.name) != values -%}
{%- endmacro %}
