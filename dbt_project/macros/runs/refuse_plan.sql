{#- Refuses to compile what a run would refuse to run. No hooks run where a model is only
    compiled, to plan a run; those that need no database are rendered all the same. -#}
{% macro refuse_plan() -%}
    {%- if flags.WHICH == 'compile' and execute -%}
        {%- do fast_dau.require_events() -%}
        {%- do fast_dau.check_vars() -%}
        {%- if fast_dau.is_built('rollup_state') -%}
        {%- do fast_dau.refuse("the rollup was made by an earlier version, which the next "
            ~ "`fast-dau dbt build` takes over, rebuilding every day")
            if fast_dau.state_version() == 1 -%}
        {%- do fast_dau.refuse_other_definitions() -%}
        {%- do fast_dau.days_to_come() -%}
        {%- do fast_dau.find_history() -%}
        {%- endif -%}
        {%- do fast_dau.refuse_empty_backfill() -%}
    {%- endif -%}
{%- endmacro %}
