{#- Whether dbt's command is one that builds models of the rollup; no other takes the lock,
    nor does a run of models beside it. `dbt retry` does not say what it selects. -#}
{% macro is_run() -%}
    {%- set is_of_rollup = selected_resources == [] or fast_dau.rollup_nodes()
        | selectattr('unique_id', 'in', selected_resources) | list != [] -%}
    {{ return(flags.WHICH in ['build', 'run', 'retry'] and is_of_rollup) }}
{%- endmacro %}
