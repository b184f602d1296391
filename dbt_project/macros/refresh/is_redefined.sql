{#- Whether a table was built with other values of the variables in its model's
    `defined_by`: it is then built anew, for all days of which there still are events. -#}
{% macro is_redefined() -%}
    {%- set names = config.meta_get('defined_by') -%}
    {%- if not execute or not names or not is_incremental() -%}
        {{ return(false) }}
    {%- endif -%}
    {%- if 'is redefined' not in model -%}
        {%- set kept = run_query(
            "select model_vars::" ~ dbt.type_string() ~ " from " ~ rollup_state()
        ).columns[0].values()[0] -%}
        {%- do model.update({
            'is redefined': fromjson(kept).get(model.name) != definition_of(model)
        }) -%}
    {%- endif -%}
    {{ return(model['is redefined']) }}
{%- endmacro %}


{#- Post-hook: keeps those values, in the transaction that built the table with them. -#}
{% macro note_definition() -%}
    {%- if execute and target.type == 'postgres' -%}
    {%- set values = string_literals([tojson(definition_of(model))]) ~ '::jsonb' -%}
    update {{ rollup_state() }}
    set model_vars = model_vars || jsonb_build_object('{{ model.name }}', {{ values }})
    where model_vars -> '{{ model.name }}' is distinct from {{ values }}
    {%- endif -%}
{%- endmacro %}


{#- By name, the values now of the variables in a model's `defined_by`. -#}
{% macro definition_of(model) -%}
    {%- set values = {} -%}
    {%- for name in model.config.meta.get('defined_by', []) -%}
        {%- do values.update({name: var(name)}) -%}
    {%- endfor -%}
    {{ return(values) }}
{%- endmacro %}
