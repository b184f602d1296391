{#- The tables of state, made by the first run, and by the first of a version that wants more
    of them; the lock is for two such runs at once. `if not exists` asks for the right to
    create schemas also where the schema is there. -#}
{% macro create_rollup_state() -%}
    {%- set version = fast_dau.state_version() if fast_dau.is_built('rollup_state') else 0 -%}
    {%- if version < 3 -%}
        {%- set schema = adapter.quote(fast_dau.state_schema()) -%}
        {%- set ddl -%}
            select pg_advisory_xact_lock({{ fast_dau.run_lock_key() }});
            {%- if not adapter.check_schema_exists(target.database, fast_dau.state_schema()) %}
            create schema if not exists {{ schema }};
            {%- endif %}
            {%- for name, table in fast_dau.tables_of_state().items() %}
            {{ fast_dau.create_table_of_state(fast_dau.rollup_relation(name), **table) }}
            {%- endfor %}
            -- Runs delete rows, which a publication of all tables forbids without it.
            alter table {{ fast_dau.pending_days() }} replica identity full;
            alter table {{ fast_dau.rollup_state() }} drop column if exists is_unfinished;
            insert into {{ fast_dau.rollup_state() }} default values on conflict do nothing;
            update {{ fast_dau.rollup_state() }} set version = 3
        {%- endset -%}
        {%- do run_query(ddl) -%}
        {%- do fast_dau.grant_to_reader('usage', 'schema ' ~ schema) -%}
        {%- do fast_dau.grant_to_reader('select', fast_dau.rollup_state()) -%}
        {#- Of the first version, nobody knows which days its tables were built for. -#}
        {%- do fast_dau.note_all_days('unfinished') if version == 1 -%}
        {%- do run_query('commit') -%}
    {%- endif -%}
{%- endmacro %}


{#- Of the state that is there; the first had no number. -#}
{% macro state_version() -%}
    {{ return(fast_dau.read_state("to_jsonb(rollup_state) ->> 'version'")[0] | int(1)) }}
{%- endmacro %}


{% macro create_table_of_state(relation, comment, columns, key) -%}
    create table if not exists {{ relation }} (
        {%- for name, (type, _) in columns.items() %}
        {{ name }} {{ type }},
        {%- endfor %}
        {{ key }}
    );
    comment on table {{ relation }} is '{{ comment }}';
    {%- for name, (type, comment) in columns.items() %}
    alter table {{ relation }} add column if not exists {{ name }} {{ type }};
    comment on column {{ relation }}.{{ name }} is '{{ comment }}';
    {%- endfor %}
    analyze {{ relation }};
{%- endmacro %}
