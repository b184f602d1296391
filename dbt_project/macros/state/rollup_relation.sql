{#- A table of the rollup by its name, for where ref() would close a circle: one that a model
    makes wherever the project has it, one of state beside refresh_days. -#}
{% macro rollup_relation(name) -%}
    {%- set node = graph.get('nodes', {}).get('model.fast_dau.' ~ name) if execute else none -%}
    {%- set is_made = node and node.config.materialized != 'ephemeral' -%}
    {{ return(api.Relation.create(
        database=target.database or none,
        schema=node.schema if is_made else fast_dau.state_schema(),
        identifier=node.alias if is_made else name,
    )) }}
{%- endmacro %}


{#- The schema of refresh_days, by which a rollup is known. Unit tests have a graph of their
    own, without it. -#}
{% macro state_schema() -%}
    {%- set node = graph.get('nodes', {}).get(fast_dau.refresh_days_id()) if execute else none -%}
    {{ return((node or target).schema) }}
{%- endmacro %}
