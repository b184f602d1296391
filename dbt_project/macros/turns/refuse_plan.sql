{#- Refuses to compile what a run would refuse to run. No hooks run where a model is only
    compiled, to plan a run; those that need no database are rendered all the same. -#}
{% macro refuse_plan() -%}
    {%- if flags.WHICH == 'compile' and execute -%}
        {%- do check_time_zone() -%}
        {%- do check_change_log() -%}
        {%- set has_state = is_built('rollup_state') -%}
        {%- set objection = objection_to_definitions() if has_state else none -%}
        {%- if objection -%}
            {%- do refuse(objection) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
