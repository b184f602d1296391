{#- Refuses to compile what a run would refuse to run. No hooks run where a model is only
    compiled, to plan a run; those that need no database are rendered all the same. -#}
{% macro refuse_plan() -%}
    {%- if flags.WHICH == 'compile' and execute -%}
        {%- do fast_dau.require_events() -%}
        {%- do fast_dau.check_vars() -%}
        {%- if fast_dau.is_built('rollup_state') -%}
        {%- set columns = adapter.get_columns_in_relation(fast_dau.rollup_relation('rollup_state')) -%}
        {%- if 'version' not in columns | map(attribute='name') -%}
            {%- do fast_dau.refuse("the rollup was made by an earlier version, which the next "
                ~ "`fast-dau dbt build` takes over, rebuilding every day") -%}
        {%- endif -%}
        {%- set objection = fast_dau.objection_to_definitions() or fast_dau.objection_to_clock()
            or fast_dau.find_history().objection -%}
        {%- do fast_dau.refuse(objection) if objection -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
