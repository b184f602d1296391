{#- Grants a privilege to the readers' role, where there is one; dbt's own grants fail where
    it is missing. -#}
{% macro grant_to_reader(privilege, relation) -%}
    {%- set role = fast_dau.setting('reader_role') -%}
    {%- do run_query(
        'grant ' ~ privilege ~ ' on ' ~ relation ~ ' to ' ~ adapter.quote(role | replace('"', '""'))
    ) if run_query(
        'select 1 from pg_roles where rolname = ' ~ fast_dau.string_literals([role])
    ) | length -%}
{%- endmacro %}
