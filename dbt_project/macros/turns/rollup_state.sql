{#- The one row that outlives a run: whose turn it is, what the numbers mean, from
    which day the events are whole, and what is still to be done. -#}
{% macro rollup_state() -%}
    {{ rollup_relation('rollup_state') }}
{%- endmacro %}


{#- A table of the rollup by its name, for where ref() would close a circle. -#}
{% macro rollup_relation(name) -%}
    {{ return(api.Relation.create(
        database=target.database or none, schema=target.schema, identifier=name
    )) }}
{%- endmacro %}


{#- Whether a table of the rollup is there, by dbt's own list, without a query. -#}
{% macro is_built(name) -%}
    {{ return(load_cached_relation(rollup_relation(name)) is not none) }}
{%- endmacro %}


{#- Writes expressions, by the column's name, into the row. -#}
{% macro write_state(values) -%}
    {%- do adapter.dispatch('write_state', 'fast_dau')(values) -%}
{%- endmacro %}


{% macro default__write_state(values) -%}
    {%- set changes = [] -%}
    {%- for name, value in values.items() -%}
        {%- do changes.append(name ~ ' = ' ~ value) -%}
    {%- endfor -%}
    {%- do run_query(
        'update ' ~ rollup_state() ~ ' set ' ~ changes | join(', ') ~ '; commit'
    ) -%}
{%- endmacro %}


{#- Made by the first run; the lock is for two first runs at once. `if not exists` asks
    for the right to create schemas also where the schema is there. -#}
{% macro create_rollup_state() -%}
    {%- do adapter.dispatch('create_rollup_state', 'fast_dau')() -%}
{%- endmacro %}


{% macro default__create_rollup_state() -%}
    {%- set columns = rollup_state_columns() -%}
    {%- if is_built('rollup_state') -%}
        {%- set definitions = {} -%}
        {%- for name, (type, _) in columns.items() -%}
            {%- do definitions.update({name: type}) -%}
        {%- endfor -%}
        {%- do add_columns(rollup_relation('rollup_state'), definitions) -%}
        {%- do run_query("commit") -%}
    {%- else -%}
    {%- set ddl -%}
        select pg_advisory_xact_lock({{ turn_lock() }});
        {%- if not adapter.check_schema_exists(target.database, target.schema) %}
        create schema if not exists {{ adapter.quote(target.schema) }};
        {%- endif %}
        create table if not exists {{ rollup_state() }} (
            only_row boolean primary key default true check (only_row)
            {%- for name, (type, _) in columns.items() %}, {{ name }} {{ type }}{% endfor %}
        );
        comment on table {{ rollup_state() }} is
            'One row: what a run has to know of the runs before it. Only runs write it.';
        comment on column {{ rollup_state() }}.only_row is 'There is no second row.';
        {%- for name, (_, comment) in columns.items() %}
        comment on column {{ rollup_state() }}.{{ name }} is '{{ comment }}';
        {%- endfor %}
        insert into {{ rollup_state() }} default values on conflict do nothing;
        analyze {{ rollup_state() }};
        {{ grant_to_roles(
            'usage', 'schema ' ~ adapter.quote(target.schema), [var('reader_role')]
        ) }};
        commit
    {%- endset -%}
    {%- do run_query(ddl) -%}
    {%- endif -%}
{%- endmacro %}


{% macro rollup_state_columns() -%}
    {{ return({
        'time_zone': ('text', 'Var time_zone that the tables were built with.'),
        'active_kinds': ('text', 'Var active_kinds that they were built with, as JSON.'),
        'events_start_date': ('date', 'Var events_start_date that they were built with.'),
        'kept_from': ('date', 'Rows of the days before it are kept; null: no such day.'),
        'first_event_at': ('timestamp', 'The first valid event, as of the latest run.'),
        'is_unfinished': (
            'boolean not null default false',
            'Some days of refresh_days are still to be rebuilt in some table.',
        ),
        'is_starting_over': (
            'boolean not null default false',
            'A run with refresh: start_over has begun to build all anew, and none ended it.',
        ),
        'model_vars': (
            "jsonb not null default '{}'",
            'By table, the variables of its own that it was built with.',
        ),
        'change_log_snapshot': ('pg_snapshot', 'Whose changes the latest run read.'),
        'run_id': ('text', 'The run whose turn it is; null: none.'),
        'run_started_at': ('timestamptz', 'When the latest run got its turn.'),
    }) }}
{%- endmacro %}
