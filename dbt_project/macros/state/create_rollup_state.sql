{#- The tables of state, made by the first run; the lock is for two first runs at once.
    `if not exists` asks for the right to create schemas also where the schema is there. -#}
{% macro create_rollup_state() -%}
    {%- do adapter.dispatch('create_rollup_state', 'fast_dau')() -%}
{%- endmacro %}


{% macro default__create_rollup_state() -%}
    {%- if is_built('rollup_state') -%}
        {%- do upgrade_rollup_state() -%}
    {%- else -%}
        {%- set ddl -%}
            select pg_advisory_xact_lock({{ turn_lock() }});
            {%- if not adapter.check_schema_exists(target.database, state_schema()) %}
            create schema if not exists {{ adapter.quote(state_schema()) }};
            {%- endif %}
            create table if not exists {{ rollup_state() }} (
                only_row boolean primary key default true check (only_row)
            );
            comment on table {{ rollup_state() }} is
                'One row: what a run has to know of the runs before it. Only runs write it.';
            comment on column {{ rollup_state() }}.only_row is 'There is no second row.';
            {{ create_tables_of_state() }};
            insert into {{ rollup_state() }} default values on conflict do nothing;
            analyze {{ rollup_state() }}, {{ pending_days() }},
                {{ rollup_relation('moved_days') }}, {{ rollup_relation('erased_counts') }};
            {{ grant_to_roles(
                'usage', 'schema ' ~ adapter.quote(state_schema()), [var('reader_role')]
            ) }};
            {{ grant_to_roles('select', rollup_state(), [var('reader_role')]) }}
        {%- endset -%}
        {%- do run_query(ddl) -%}
        {%- do run_query('commit') -%}
    {%- endif -%}
{%- endmacro %}


{#- Statements that make what there is not yet; the last has no semicolon. -#}
{% macro create_tables_of_state() -%}
    {%- for name, (type, comment) in rollup_state_columns().items() %}
    alter table {{ rollup_state() }} add column if not exists {{ name }} {{ type }};
    comment on column {{ rollup_state() }}.{{ name }} is '{{ comment }}';
    {%- endfor %}
    {{ create_pending_days() }};
    {{ create_moved_days() }};
    {{ create_erased_counts() }}
{%- endmacro %}


{#- Takes over what an earlier version made. Of the first, nobody knows which days its tables
    were built for, so that the run that follows rebuilds every day whose events are there. -#}
{% macro upgrade_rollup_state() -%}
    {%- set there = fromjson(run_query(
        'select to_jsonb(state)::text from ' ~ rollup_state() ~ ' as state'
    ).columns[0].values()[0]) -%}
    {%- if there.get('version', 1) < 3 -%}
        {%- do run_query(
            'select pg_advisory_xact_lock(' ~ turn_lock() ~ '); ' ~ create_tables_of_state()
            ~ '; alter table ' ~ rollup_state() ~ ' drop column if exists is_unfinished;'
            ~ ' update ' ~ rollup_state() ~ ' set version = 3'
        ) -%}
        {%- do run_query(grant_to_roles('select', rollup_state(), [var('reader_role')])) -%}
        {%- do note_all_days('unfinished') if 'version' not in there -%}
        {%- do run_query('commit') -%}
    {%- endif -%}
{%- endmacro %}
