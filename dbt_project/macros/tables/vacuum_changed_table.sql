{#- Post-hook after the commit, where the table was changed: the visibility map, without
    which an index-only scan goes to the table for each row; and few dead rows.

    Fresh statistics take longer, as they read a sample of the whole table: a new table
    gets them before the next model reads it, others in full runs, or after many rows. -#}
{% macro vacuum_changed_table() -%}
    {%- if execute -%}
    {%- set changed_rows = load_result('main').response.rows_affected -%}
    {%- if not is_ordinary_run() or changed_rows > 10000 -%}
        vacuum (analyze) {{ this }}
    {%- elif changed_rows != 0 -%}
        vacuum {{ this }}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- Whether this run adds to a table that is there, as the hourly ones do. -#}
{% macro is_ordinary_run() -%}
    {{ return(
        is_incremental() and not flags.FULL_REFRESH and var('refresh') == 'incremental'
    ) }}
{%- endmacro %}
