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
