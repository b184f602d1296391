{#- Whether a table of the rollup is there, by dbt's own list, without a query. What dbt's
    `clone` made is a view of another's table. On Spark the state is a view. -#}
{% macro is_built(name) -%}
    {{ return(fast_dau.is_table(fast_dau.rollup_relation(name))) }}
{%- endmacro %}


{% macro is_table(relation) -%}
    {%- set found = load_cached_relation(relation) -%}
    {{ return(
        found is not none and (found.type == 'table' or target.type != 'postgres')
    ) }}
{%- endmacro %}
