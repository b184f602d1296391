{#- `fast-dau init --reader` runs it: the tables and views that there are, to that role. -#}
{% macro grant_to_readers() -%}
    {%- set relations = [fast_dau.rollup_state()] if fast_dau.is_built('rollup_state') else [] -%}
    {%- for node in fast_dau.rollup_nodes() if node.package_name == 'fast_dau' -%}
        {%- do relations.append(adapter.get_relation(node.database, node.schema, node.alias)) -%}
    {%- endfor -%}
    {%- for relation in relations | select -%}
        {%- do fast_dau.grant_to_reader('select', relation) -%}
    {%- endfor -%}
    {%- do run_query('commit') -%}
{%- endmacro %}
