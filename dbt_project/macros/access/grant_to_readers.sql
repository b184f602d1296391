{#- `fast-dau init --reader` runs it: the tables and views that there are, to that role. -#}
{% macro grant_to_readers() -%}
    {%- for node in fast_dau.rollup_nodes() if node.package_name == 'fast_dau' -%}
        {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
        {%- if relation -%}
            {%- do run_query(fast_dau.grant_to_roles('select', relation, [fast_dau.setting('reader_role')])) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if fast_dau.is_built('rollup_state') -%}
        {%- do run_query(
            fast_dau.grant_to_roles('select', fast_dau.rollup_state(), [fast_dau.setting('reader_role')])
        ) -%}
    {%- endif -%}
    {%- do run_query('commit') -%}
{%- endmacro %}
