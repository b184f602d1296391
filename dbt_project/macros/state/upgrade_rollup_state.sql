{#- Takes over what an earlier version made. Of the first, nobody knows which days its tables
    were built for, so that the run that follows rebuilds every day whose events are there. -#}
{% macro upgrade_rollup_state() -%}
    {%- set there = fromjson(run_query(
        'select to_jsonb(state)::text from ' ~ fast_dau.rollup_state() ~ ' as state'
    ).columns[0].values()[0]) -%}
    {%- if there.get('version', 1) < 3 -%}
        {%- do run_query(
            'select pg_advisory_xact_lock(' ~ fast_dau.run_lock_key() ~ '); ' ~ fast_dau.create_tables_of_state()
            ~ '; alter table ' ~ fast_dau.rollup_state() ~ ' drop column if exists is_unfinished;'
            ~ ' update ' ~ fast_dau.rollup_state() ~ ' set version = 3'
        ) -%}
        {%- do run_query(fast_dau.grant_to_roles('select', fast_dau.rollup_state(), [fast_dau.setting('reader_role')])) -%}
        {%- do fast_dau.note_all_days('unfinished') if 'version' not in there -%}
        {%- do run_query('commit') -%}
    {%- endif -%}
{%- endmacro %}
