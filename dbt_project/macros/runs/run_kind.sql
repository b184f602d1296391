{#- What kind of run this is, for all of its models:
    - incremental: the days that changed, or a backfill;
    - full: every day whose events are all there;
    - start_over: everything from nothing. A run that fails leaves it to those after it. -#}
{% macro run_kind() -%}
    {%- set given = fast_dau.setting('refresh') -%}
    {%- if execute and given != 'start_over' and fast_dau.is_built('rollup_state')
        and fast_dau.state_once().is_starting_over -%}
        {{ return('start_over') }}
    {%- endif -%}
    {{ return('full' if flags.FULL_REFRESH and given == 'incremental' else given) }}
{%- endmacro %}
