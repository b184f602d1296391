{#- The tables of state, made by the first run; the lock is for two first runs at once.
    `if not exists` asks for the right to create schemas also where the schema is there. -#}
{% macro create_rollup_state() -%}
    {%- do adapter.dispatch('create_rollup_state', 'fast_dau')() -%}
{%- endmacro %}


{% macro default__create_rollup_state() -%}
    {%- if fast_dau.is_built('rollup_state') -%}
        {%- do fast_dau.upgrade_rollup_state() -%}
    {%- else -%}
        {%- set ddl -%}
            select pg_advisory_xact_lock({{ fast_dau.run_lock_key() }});
            {%- if not adapter.check_schema_exists(target.database, fast_dau.state_schema()) %}
            create schema if not exists {{ adapter.quote(fast_dau.state_schema()) }};
            {%- endif %}
            create table if not exists {{ fast_dau.rollup_state() }} (
                only_row boolean primary key default true check (only_row)
            );
            comment on table {{ fast_dau.rollup_state() }} is
                'One row: what a run has to know of the runs before it. Only runs write it.';
            comment on column {{ fast_dau.rollup_state() }}.only_row is 'There is no second row.';
            {{ fast_dau.create_tables_of_state() }};
            insert into {{ fast_dau.rollup_state() }} default values on conflict do nothing;
            analyze {{ fast_dau.rollup_state() }}, {{ fast_dau.pending_days() }},
                {{ fast_dau.rollup_relation('moved_days') }}, {{ fast_dau.rollup_relation('erased_counts') }};
            {{ fast_dau.grant_to_roles(
                'usage', 'schema ' ~ adapter.quote(fast_dau.state_schema()), [fast_dau.setting('reader_role')]
            ) }};
            {{ fast_dau.grant_to_roles('select', fast_dau.rollup_state(), [fast_dau.setting('reader_role')]) }}
        {%- endset -%}
        {%- do run_query(ddl) -%}
        {%- do run_query('commit') -%}
    {%- endif -%}
{%- endmacro %}


{#- Statements that make what there is not yet; the last has no semicolon. -#}
{% macro create_tables_of_state() -%}
    {%- for name, (type, comment) in fast_dau.rollup_state_columns().items() %}
    alter table {{ fast_dau.rollup_state() }} add column if not exists {{ name }} {{ type }};
    comment on column {{ fast_dau.rollup_state() }}.{{ name }} is '{{ comment }}';
    {%- endfor %}
    {{ fast_dau.create_pending_days() }};
    {{ fast_dau.create_moved_days() }};
    {{ fast_dau.create_erased_counts() }}
{%- endmacro %}
