{#- Overrides dbt-postgres, for two first runs at once: they make the schema one after
    the other, as `if not exists` fails where another session is just making it. -#}
{% macro postgres__create_schema(relation) -%}
    {%- do run_query("select pg_advisory_xact_lock(" ~ turn_lock() ~ ")") -%}
    {{ dbt.postgres__create_schema(relation) }}
{%- endmacro %}
