{#- Keeps what the numbers mean with the rollup, and stops a run that means something
    else by them: days of two definitions would stand side by side. -#}
{% macro settle_definitions() -%}
    {%- set given = {
        'time_zone': var('time_zone'),
        'active_kinds': tojson(var('active_kinds') | map('string') | unique | sort | list),
        'events_start_date': var('events_start_date') | string,
    } -%}
    {%- set kept = run_query(
        "select time_zone, active_kinds, events_start_date::text from " ~ rollup_state()
    ).rows[0] -%}
    {%- set differences = [] -%}
    {%- for name, value in given.items() if kept[name] is not none and kept[name] != value -%}
        {%- do differences.append(name ~ " was " ~ kept[name] ~ ", and is " ~ value) -%}
    {%- endfor -%}
    {%- if differences and var('refresh') != 'start_over' and is_built('user_day_activity') -%}
        {%- do run_query("update " ~ rollup_state() ~ " set run_id = null; commit") -%}
        {%- do refuse("the rollup was built with other definitions: "
            ~ differences | join('; ') ~ ". Set them back, or build everything anew, from "
            ~ "the events there are: fast-dau dbt build --vars 'refresh: start_over'"
            ~ " (history whose events are gone is lost by that)") -%}
    {%- elif differences or kept['time_zone'] is none -%}
        {%- do run_query(
            "update " ~ rollup_state() ~ " set time_zone = " ~ string_literals([given.time_zone])
            ~ ", active_kinds = " ~ string_literals([given.active_kinds])
            ~ ", events_start_date = '" ~ given.events_start_date ~ "'; commit"
        ) -%}
    {%- endif -%}
{%- endmacro %}
