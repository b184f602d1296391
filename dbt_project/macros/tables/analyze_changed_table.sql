{#- Post-hook: fresh planner statistics for the models that read this table next,
    where this run changed it. -#}
{% macro analyze_changed_table() -%}
    {%- if execute and (
        not is_incremental() or load_result('main').response.rows_affected != 0
    ) -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}
