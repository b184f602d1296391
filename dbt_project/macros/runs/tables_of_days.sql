{#- The models of the rollup: those that are made by one of its materializations, also in the
    project that has it as a package, whose own models by `replace_days` are kept exact
    like the others. -#}
{% macro rollup_nodes() -%}
    {{ return(
        graph.get('nodes', {}).values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('config.materialized', 'in', ['replace_days', 'standing_view']) | list
    ) }}
{%- endmacro %}


{#- Those of them that are built from refresh_days, in any number of steps, and hold rows. -#}
{% macro tables_of_days() -%}
    {{ return(fast_dau.tables_after([fast_dau.refresh_days_id()])) }}
{%- endmacro %}


{% macro refresh_days_id() -%}
    {{ return('model.fast_dau.refresh_days') }}
{%- endmacro %}


{#- Those that are built from any of these models. -#}
{% macro tables_after(unique_ids) -%}
    {%- set found = unique_ids | list -%}
    {%- set models = graph.get('nodes', {}).values()
        | selectattr('resource_type', 'equalto', 'model') | list -%}
    {%- for _ in models -%}
        {%- set known = found | length -%}
        {%- for model in models if model.unique_id not in found
            and model.depends_on.nodes | select('in', found) | list -%}
            {%- do found.append(model.unique_id) -%}
        {%- endfor -%}
        {%- if found | length == known -%} {%- break -%} {%- endif -%}
    {%- endfor -%}
    {{ return(
        fast_dau.rollup_nodes() | selectattr('config.materialized', 'equalto', 'replace_days')
        | selectattr('unique_id', 'in', found)
        | rejectattr('unique_id', 'in', unique_ids) | list
    ) }}
{%- endmacro %}


{% macro selected_tables() -%}
    {{ return(
        fast_dau.tables_of_days() | selectattr('unique_id', 'in', selected_resources) | list
    ) }}
{%- endmacro %}


{#- By table, the run whose refresh_days it was last built for; of `refresh_days` itself,
    the run that made it. -#}
{% macro built_with() -%}
    {{ return(fromjson(fast_dau.read_state(
        'cast(built_with as ' ~ dbt.type_string() ~ ') as built_with'
    )['built_with'])) }}
{%- endmacro %}
