{#- An expression: the earliest day of a table of the rollup. -#}
{% macro first_day_of(name, column) -%}
    {{ return(adapter.dispatch('first_day_of', 'fast_dau')(name, column)) }}
{%- endmacro %}


{% macro default__first_day_of(name, column) -%}
    (select min({{ column }}) from {{ rollup_relation(name) }})
{%- endmacro %}


{#- Where each day has a folder, Spark would open a file of each. -#}
{% macro spark__first_day_of(name, column) -%}
    {%- set table = load_cached_relation(rollup_relation(name)) -%}
    {%- if 'Partition Columns' in (table.information or '') -%}
        {%- set found = run_query('show partitions ' ~ table).columns[0].values() | sort -%}
        {{ "date '" ~ found[0].split('=')[1] ~ "'" if found else 'null::date' }}
    {%- else -%}
        {{ default__first_day_of(name, column) }}
    {%- endif -%}
{%- endmacro %}
