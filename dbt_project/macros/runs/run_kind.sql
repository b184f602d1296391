{#- What kind of run this is, for all of its models:
    - incremental: the days that changed, or a backfill;
    - full: every day whose events are all there;
    - start_over: everything from nothing. A run that fails leaves it to those after it. -#}
{% macro run_kind() -%}
    {%- set given = fast_dau.setting('refresh') -%}
    {%- if execute and given != 'start_over' and fast_dau.is_built('rollup_state')
        and fast_dau.state_once()['is_starting_over'] -%}
        {{ return('start_over') }}
    {%- endif -%}
    {{ return('full' if flags.FULL_REFRESH and given == 'incremental' else given) }}
{%- endmacro %}


{#- Whether a run may ask what only all events together tell: which was the first, and how
    many are without a user. An index answers; on Spark they are all read for it. -#}
{% macro may_read_all_events() -%}
    {{ return(
        target.type == 'postgres' or fast_dau.run_kind() != 'incremental'
        or not fast_dau.is_built('daily_active_users')
    ) }}
{%- endmacro %}
