{#- Refuses to compile what a run would refuse to run. No hooks run where a model is only
    compiled, to plan a run; those that need no database are rendered all the same. -#}
{% macro refuse_plan() -%}
    {%- if flags.WHICH == 'compile' and execute -%}
        {%- do require_events() -%}
        {%- do check_time_zone() -%}
        {%- do check_change_log() -%}
        {%- if is_built('rollup_state') -%}
        {%- set columns = adapter.get_columns_in_relation(rollup_relation('rollup_state')) -%}
        {%- if 'version' not in columns | map(attribute='name') -%}
            {%- do refuse("the rollup was made by an earlier version, which the next "
                ~ "`fast-dau dbt build` takes over, rebuilding every day") -%}
        {%- endif -%}
        {%- set objection = objection_to_definitions() or objection_to_clock()
            or find_history().objection -%}
        {%- do refuse(objection) if objection -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
