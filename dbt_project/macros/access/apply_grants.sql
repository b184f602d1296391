{#- Overrides dbt, which fails where a role is missing, and asks for every table in every
    run. What a model grants is granted to those of its roles that there are, on a new
    table, and on any in full runs; what is granted besides stays. -#}
{% macro postgres__apply_grants(relation, grant_config, should_revoke=true) -%}
    {%- if not should_revoke or is_full_run() -%}
        {%- for privilege, roles in (grant_config or {}).items() if roles -%}
            {%- do run_query(grant_to_roles(privilege, relation, roles)) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{% macro grant_to_roles(privilege, relation, roles) -%}
    do $grant$
    declare
        grantee text;
    begin
        for grantee in
            select rolname from pg_roles where rolname in ({{ string_literals(roles) }})
        loop
            execute format('grant {{ privilege }} on {{ relation }} to %I', grantee);
        end loop;
    end $grant$
{%- endmacro %}


{#- `fast-dau init --reader` runs it: what models grant, on the tables that there are. -#}
{% macro grant_to_readers() -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
        {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
        {%- if relation -%}
            {%- do apply_grants(relation, node.config.grants, should_revoke=false) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if is_built('rollup_state') -%}
        {%- do run_query(
            grant_to_roles('select', rollup_state(), [var('reader_role')])
        ) -%}
    {%- endif -%}
    {%- do run_query('commit') -%}
{%- endmacro %}


{#- Who may read is for Spark's catalog to say. -#}
{% macro spark__apply_grants(relation, grant_config, should_revoke=true) -%}
{%- endmacro %}
