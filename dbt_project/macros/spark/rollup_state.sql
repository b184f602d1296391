{#- Spark cannot change a row of a table of files: there, the row is a view of constants. -#}
{% macro spark__create_rollup_state() -%}
    {%- if not fast_dau.is_built('rollup_state') -%}
        {%- do run_query('create schema if not exists ' ~ fast_dau.state_schema()) -%}
        {%- set values = {} -%}
        {%- for name, (type, _) in fast_dau.rollup_state_columns().items() -%}
            {%- do values.update({name: type.split(' default ')[1] | default('null')}) -%}
        {%- endfor -%}
        {%- do run_query('create view ' ~ fast_dau.rollup_state() ~ fast_dau.constants(values)) -%}
        {%- do adapter.cache_added(fast_dau.rollup_relation('rollup_state').incorporate(type='view')) -%}
    {%- endif -%}
    {%- set counts = fast_dau.erased_counts_columns() | join(' bigint, ') -%}
    {%- for name, columns in {
        'moved_days': 'activity_date date, bound string',
        'erased_counts': 'activity_date date, ' ~ counts ~ ' bigint',
        'pending_days': 'activity_date date, reason string, refresh_id string',
    }.items() if not fast_dau.is_built(name) -%}
        {%- do run_query('create table ' ~ fast_dau.rollup_relation(name) ~ ' (' ~ columns
            ~ ') using parquet') -%}
        {%- do adapter.cache_added(fast_dau.rollup_relation(name).incorporate(type='table')) -%}
        {%- do fast_dau.take_over_state() if name == 'pending_days' -%}
    {%- endfor -%}
{%- endmacro %}


{#- Where the state is of an earlier version, the run that follows rebuilds every day. -#}
{% macro take_over_state() -%}
    {%- set there = run_query('select * from ' ~ fast_dau.rollup_state()) -%}
    {%- set values = {} -%}
    {%- for name, (type, _) in fast_dau.rollup_state_columns().items() -%}
        {%- set kept = there.rows[0][name] if name in there.column_names else none -%}
        {%- do values.update({name: fast_dau.string_literals([kept]) if kept is not none
            else type.split(' default ')[1] | default('null')}) -%}
    {%- endfor -%}
    {%- do run_query('alter view ' ~ fast_dau.rollup_state() ~ fast_dau.constants(values)) -%}
    {%- do fast_dau.note_all_days('unfinished') -%}
{%- endmacro %}


{#- What the values are is asked first, because no view can be made of itself. The view is
    altered, as to replace it would be to drop it first, and a run that is overtaken just
    then would not find it. -#}
{% macro spark__write_state(values) -%}
    {%- set columns = [] -%}
    {%- for name in fast_dau.rollup_state_columns() -%}
        {%- do columns.append('(' ~ values.get(name, name) ~ ')::string as ' ~ name) -%}
    {%- endfor -%}
    {%- set found = fromjson(run_query(
        'select to_json(struct(' ~ columns | join(', ') ~ ')) from ' ~ fast_dau.rollup_state()
    ).columns[0].values()[0]) -%}
    {%- set literals = {} -%}
    {%- for name in fast_dau.rollup_state_columns() -%}
        {%- do literals.update(
            {name: fast_dau.string_literals([found[name]]) if name in found else 'null'}
        ) -%}
    {%- endfor -%}
    {%- do run_query('alter view ' ~ fast_dau.rollup_state() ~ fast_dau.constants(literals)) -%}
{%- endmacro %}


{% macro constants(values) -%}
    {%- set columns = [] -%}
    {%- for name, (type, _) in fast_dau.rollup_state_columns().items() -%}
        {%- set sql_type = fast_dau.sql_type(type.split(' ')[0]) -%}
        {%- do columns.append(values[name] ~ '::' ~ sql_type ~ ' as ' ~ name) -%}
    {%- endfor -%}
    {{ return(' as select ' ~ columns | join(', ')) }}
{%- endmacro %}
