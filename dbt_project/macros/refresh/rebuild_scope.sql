{#- What this run rebuilds of a model's table:
    - everything: it is not there, as in a unit test, or a run that starts over has not been
      ended;
    - history: every day that can be counted (`first_whole_day`), by dbt's --full-refresh,
      or because a variable that the table is `defined_by` has changed;
    - refresh_days: what the days in refresh_days can change. -#}
{% macro rebuild_scope() -%}
    {%- if not this or not execute or not fast_dau.is_table(this)
        or fast_dau.run_kind() == 'start_over' -%}
        {{ return('everything') }}
    {%- endif -%}
    {%- set defined_by = fast_dau.definition_of(model) -%}
    {%- set is_redefined = defined_by
        and fast_dau.state_once().model_vars.get(model.name) != defined_by -%}
    {{ return('history' if flags.FULL_REFRESH or is_redefined else 'refresh_days') }}
{%- endmacro %}
