{#- Spark cannot change a row of a table of files: there, the row is a view of constants. -#}
{% macro spark__create_rollup_state() -%}
    {%- set is_new = not fast_dau.is_built('rollup_state') -%}
    {%- if is_new -%}
        {%- do run_query('create schema if not exists ' ~ fast_dau.state_schema()) -%}
        {%- set first = fast_dau.constants(fast_dau.first_values()) -%}
        {%- do run_query('create view ' ~ fast_dau.rollup_state() ~ first) -%}
        {%- do adapter.cache_added(
            fast_dau.rollup_relation('rollup_state').incorporate(type='view')
        ) -%}
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
    {%- endfor -%}
    {%- do fast_dau.take_over_state() if not is_new -%}
{%- endmacro %}


{% macro first_values() -%}
    {%- set values = {} -%}
    {%- for name, (type, _) in fast_dau.rollup_state_columns().items() -%}
        {%- do values.update({name: type.split(' default ')[1] | default('null')}) -%}
    {%- endfor -%}
    {{ return(values) }}
{%- endmacro %}


{#- Gives the state of an earlier version the columns that it lacks. Of the first, nobody
    knows which days its tables were built for: the run that follows rebuilds all. -#}
{% macro take_over_state() -%}
    {%- set there = run_query('select * from ' ~ fast_dau.rollup_state()) -%}
    {%- set values = fast_dau.first_values() -%}
    {%- if there.column_names | list != values | list -%}
        {%- for name in values if name in there.column_names and name != 'version'
            and there.rows[0][name] is not none -%}
            {%- do values.update({name: fast_dau.string_literals([there.rows[0][name]])}) -%}
        {%- endfor -%}
        {%- do run_query(
            'alter view ' ~ fast_dau.rollup_state() ~ fast_dau.constants(values)
        ) -%}
        {%- do fast_dau.note_all_days('unfinished') if 'version' not in there.column_names -%}
    {%- endif -%}
{%- endmacro %}


{% macro spark__read_state_once() -%}
    {%- set row = fast_dau.read_state('is_starting_over, kept_from, model_vars, built_with') -%}
    {{ return({
        'is_starting_over': row['is_starting_over'],
        'kept_from': row['kept_from'],
        'model_vars': fromjson(row['model_vars']),
        'built_with': fromjson(row['built_with']),
    }) }}
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


{#- Here from the whole table that will be; a day noted twice does no harm. -#}
{% macro spark__note_moved_days(next) -%}
    insert into {{ fast_dau.rollup_relation('moved_days') }} (bound, activity_date)
    select distinct
        bound,
        activity_date
    from (
        select stack(
            4,
            {%- for bound in ['first', 'last'] %}
            {%- set column = bound ~ '_activity_date' %}
            {%- for side in ['before', 'after'] %}
            '{{ bound }}', if(
                before.{{ column }} is distinct from after.{{ column }},
                {{ side }}.{{ column }}, null
            ){{ ',' if not loop.last }}
            {%- endfor %}{{ ',' if not loop.last }}
            {%- endfor %}
        ) as (bound, activity_date)
        from {{ this }} as before
        full join {{ next }} as after
            on before.user_id = after.user_id
    ) as bounds
    where activity_date is not null
{%- endmacro %}


{% macro spark__take_up_days() -%}
    {%- do run_query(
        'insert into ' ~ fast_dau.pending_days() ~ " select activity_date, 'unfinished' as reason, "
        ~ "'" ~ invocation_id ~ "' as refresh_id from " ~ this
    ) -%}
    {%- set built = fast_dau.built_with() -%}
    {%- do built.update(refresh_days=invocation_id) -%}
    {%- do fast_dau.write_state({
        'built_with': fast_dau.string_literals([tojson(built)]), 'refreshed_at': fast_dau.run_at()
    }) -%}
{%- endmacro %}


{% macro spark__strike_days(refresh_id) -%}
    {%- do run_query('insert overwrite table ' ~ fast_dau.pending_days()
        ~ ' select null::date, null::string, null::string where false') -%}
    {%- do run_query('insert overwrite table ' ~ fast_dau.rollup_relation('moved_days')
        ~ ' select null::date, null::string where false') -%}
{%- endmacro %}
