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
    {%- set literal = fast_dau.string_literals([tojson(values)]) ~ '::jsonb' -%}
    {%- do run_query(
        "update " ~ fast_dau.rollup_state() ~ " set model_vars = model_vars || jsonb_build_object('"
        ~ model.name ~ "', " ~ literal ~ ") where model_vars -> '" ~ model.name
        ~ "' is distinct from " ~ literal
    ) if values -%}
{%- endmacro %}
