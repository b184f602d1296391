{#- The models of this project that are built from refresh_days, in any number of steps,
    and hold rows. A user's own models beside them are not among them. -#}
{% macro tables_of_days() -%}
    {{ return(tables_after([refresh_days_id()])) }}
{%- endmacro %}


{% macro refresh_days_id() -%}
    {{ return('model.fast_dau.refresh_days') }}
{%- endmacro %}


{#- Those that are built from any of these models. -#}
{% macro tables_after(unique_ids) -%}
    {%- set found = unique_ids | list -%}
    {%- set models = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('package_name', 'equalto', 'fast_dau') | list -%}
    {%- for _ in models -%}
        {%- for model in models if model.unique_id not in found
            and model.depends_on.nodes | select('in', found) | list -%}
            {%- do found.append(model.unique_id) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(
        models | selectattr('config.materialized', 'equalto', 'replace_days')
        | selectattr('unique_id', 'in', found)
        | rejectattr('unique_id', 'in', unique_ids) | list
    ) }}
{%- endmacro %}


{% macro selected_tables() -%}
    {{ return(
        tables_of_days() | selectattr('unique_id', 'in', selected_resources) | list
    ) }}
{%- endmacro %}


{#- By table, the run whose refresh_days it was last built for; of `refresh_days` itself,
    the run that made it. -#}
{% macro built_with() -%}
    {{ return(fromjson(read_state(
        'cast(built_with as ' ~ dbt.type_string() ~ ') as built_with'
    )['built_with'])) }}
{%- endmacro %}
