{#- The tables of state, made by the first run; the lock is for two first runs at once.
    `if not exists` asks for the right to create schemas also where the schema is there. -#}
{% macro create_rollup_state() -%}
    {%- do adapter.dispatch('create_rollup_state', 'fast_dau')() -%}
{%- endmacro %}


{% macro default__create_rollup_state() -%}
    {%- if is_built('rollup_state') -%}
        {%- do upgrade_rollup_state() -%}
    {%- else -%}
    {%- set columns = rollup_state_columns() -%}
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
        {{ create_pending_days() }};
        analyze {{ rollup_state() }}, {{ pending_days() }};
        {{ grant_to_roles(
            'usage', 'schema ' ~ adapter.quote(target.schema), [var('reader_role')]
        ) }};
        {{ grant_to_roles('select', rollup_state(), [var('reader_role')]) }}
    {%- endset -%}
    {%- do run_query(ddl) -%}
    {%- do run_query('commit') -%}
    {%- endif -%}
{%- endmacro %}


{#- Takes over what an earlier version made: which days its tables were built for is not
    known, so that the run that follows rebuilds every day whose events are there. -#}
{% macro upgrade_rollup_state() -%}
    {%- set there = adapter.get_columns_in_relation(rollup_relation('rollup_state'))
        | map(attribute='name') | list -%}
    {%- if 'version' not in there -%}
    {%- set ddl -%}
        select pg_advisory_xact_lock({{ turn_lock() }});
        {%- for name, (type, comment) in rollup_state_columns().items()
            if name not in there %}
        alter table {{ rollup_state() }} add column if not exists {{ name }} {{ type }};
        comment on column {{ rollup_state() }}.{{ name }} is '{{ comment }}';
        {%- endfor %}
        alter table {{ rollup_state() }} drop column if exists is_unfinished;
        {{ create_pending_days() }};
        {{ grant_to_roles('select', rollup_state(), [var('reader_role')]) }}
    {%- endset -%}
    {%- do run_query(ddl) -%}
    {%- do note_all_days('unfinished') -%}
    {%- do run_query('commit') -%}
    {%- endif -%}
{%- endmacro %}
