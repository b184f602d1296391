{#- Grants a privilege to those of these roles that there are; dbt's own grants fail where a
    role is missing. -#}
{% macro grant_to_roles(privilege, relation, roles) -%}
    do $grant$
    declare
        grantee text;
    begin
        for grantee in
            select rolname from pg_roles where rolname in ({{ fast_dau.string_literals(roles) }})
        loop
            execute format('grant {{ privilege }} on {{ relation }} to %I', grantee);
        end loop;
    end $grant$
{%- endmacro %}


{#- The descriptions and the reader's right, of a new relation, and of any in full runs: each
    takes several queries a table. Where the model has `grants` of dbt's, these hold, and
    what a model of another project may be read by is for that project to say. -#}
{% macro describe_relation(relation, is_new) -%}
    {%- set grants = config.get('grants') -%}
    {%- if is_new or fast_dau.run_kind() != 'incremental' -%}
        {%- do persist_docs(relation, model) -%}
        {%- do run_query(
            fast_dau.grant_to_roles('select', relation, [var('reader_role')])
        ) if not grants and model.package_name == 'fast_dau' -%}
    {%- endif -%}
    {%- do apply_grants(
        relation, grants, should_revoke=should_revoke(not is_new, full_refresh_mode=false)
    ) -%}
{%- endmacro %}


{#- `fast-dau init --reader` runs it: the tables and views that there are, to that role. -#}
{% macro grant_to_readers() -%}
    {%- for node in fast_dau.rollup_nodes() if node.package_name == 'fast_dau' -%}
        {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
        {%- if relation -%}
            {%- do run_query(fast_dau.grant_to_roles('select', relation, [var('reader_role')])) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if fast_dau.is_built('rollup_state') -%}
        {%- do run_query(
            fast_dau.grant_to_roles('select', fast_dau.rollup_state(), [var('reader_role')])
        ) -%}
    {%- endif -%}
    {%- do run_query('commit') -%}
{%- endmacro %}
