{#- Keeps what the numbers mean with the rollup. -#}
{% macro settle_definitions() -%}
    {%- set values = {} -%}
    {%- for name, value in fast_dau.given_definitions().items() -%}
        {%- do values.update({name: fast_dau.string_literals([value])}) -%}
    {%- endfor -%}
    {%- do values.update({'is_starting_over': 'true', 'built_with': "'{}'"})
        if fast_dau.setting('refresh') == 'start_over' -%}
    {%- do fast_dau.write_state(values) -%}
{%- endmacro %}


{#- Refuses a run that means something else by the numbers: days of two definitions would
    stand side by side. -#}
{% macro refuse_other_definitions() -%}
    {%- set kept = fast_dau.read_state('time_zone, active_kinds, events_start_date') -%}
    {%- set differences = [] -%}
    {%- for name, value in fast_dau.given_definitions().items()
        if kept[name] is not none and kept[name] | string != value -%}
        {%- do differences.append("fast_dau_" ~ name ~ " was " ~ kept[name] ~ ", and is " ~ value) -%}
    {%- endfor -%}
    {%- do differences.extend(fast_dau.other_types_built()) -%}
    {%- if differences and fast_dau.setting('refresh') != 'start_over'
        and fast_dau.is_built('user_day_activity') -%}
        {%- do fast_dau.refuse("the rollup was built with other definitions: "
            ~ differences | join('; ') ~ ". Set them back, or build everything anew, from "
            ~ "the events there are: fast-dau dbt build --vars 'fast_dau_refresh: start_over'"
            ~ " (history whose events are gone is lost by that)") -%}
    {%- endif -%}
{%- endmacro %}


{#- The types of users and courses that the tables have, where events are now said to be of
    others. On Spark no row of another type can be written. -#}
{% macro other_types_built() -%}
    {%- set differences = [] -%}
    {%- for table, column in [
        ('user_day_activity', 'user_id'), ('daily_active_users_by_course', 'course_id')
    ] if target.type == 'postgres' and fast_dau.is_built(table) -%}
        {%- set type = fast_dau.column_types(fast_dau.rollup_relation(table))[column] -%}
        {%- set given = fast_dau.setting(column ~ '_type') -%}
        {%- do differences.append("fast_dau_" ~ column ~ "_type was " ~ type ~ ", and is " ~ given)
            if type != given -%}
    {%- endfor -%}
    {{ return(differences) }}
{%- endmacro %}


{% macro given_definitions() -%}
    {{ return({
        'time_zone': fast_dau.setting('time_zone'),
        'active_kinds': tojson(fast_dau.setting('active_kinds') | map('string') | unique | sort | list),
        'events_start_date': fast_dau.setting('events_start_date') | string,
    }) }}
{%- endmacro %}
