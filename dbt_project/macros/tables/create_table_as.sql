{#- Overrides dbt-postgres: a table with a contract is made by `create table as`,
    whose select may run in parallel, and not by `insert into`, whose may not. Columns
    and types are checked just the same; `set_not_null` follows as a post-hook. -#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- if temporary or not config.get('contract').enforced -%}
        {{ default__create_table_as(temporary, relation, sql) }}
    {%- else -%}
        {{ get_assert_columns_equivalent(sql) }}
        create table {{ relation }} as (
            {{ get_select_subquery(sql) }}
        );
    {%- endif -%}
{%- endmacro %}


{#- Post-hook: the `not_null` constraints of the contract, on a table just made. -#}
{% macro set_not_null() -%}
    {%- if execute and target.type == 'postgres' and not is_incremental() -%}
        {%- for column in model.columns.values() if column.constraints -%}
            alter table {{ this }} alter column {{ column.name }} set not null;
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
