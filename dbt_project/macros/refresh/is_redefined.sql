{#- Whether a table was built with other values of the variables in its model's
    `defined_by`: it is then built anew, for all days of which there still are events. -#}
{% macro is_redefined() -%}
    {%- set names = config.meta_get('defined_by') -%}
    {%- if not execute or not names or not is_incremental() -%}
        {{ return(false) }}
    {%- endif -%}
    {%- if 'is redefined' not in model -%}
        {%- do model.update({'is redefined': run_query(
            "select model_vars -> '" ~ model.name ~ "' is distinct from "
            ~ definition() ~ " from " ~ rollup_state()
        ).columns[0].values()[0]}) -%}
    {%- endif -%}
    {{ return(model['is redefined']) }}
{%- endmacro %}


{#- Post-hook: keeps those values, in the transaction that built the table with them. -#}
{% macro note_definition() -%}
    {%- if execute -%}
    update {{ rollup_state() }}
    set model_vars = model_vars || jsonb_build_object('{{ model.name }}', {{ definition() }})
    where model_vars -> '{{ model.name }}' is distinct from {{ definition() }}
    {%- endif -%}
{%- endmacro %}


{% macro definition() -%}
    {%- set values = {} -%}
    {%- for name in config.meta_get('defined_by') -%}
        {%- do values.update({name: var(name)}) -%}
    {%- endfor -%}
    {{ string_literals([tojson(values)]) }}::jsonb
{%- endmacro %}
