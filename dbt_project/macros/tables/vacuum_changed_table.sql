{#- Post-hook after the commit: fresh planner statistics for the models that read this
    table next, where this run changed it; and the visibility map, without which an
    index-only scan goes to the table for each row. So often, dead rows stay few. -#}
{% macro vacuum_changed_table() -%}
    {%- if execute and (
        not is_incremental() or load_result('main').response.rows_affected != 0
    ) -%}
        vacuum (analyze) {{ this }}
    {%- endif -%}
{%- endmacro %}
