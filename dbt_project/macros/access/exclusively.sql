{#- DDL, as statements of PL/pgSQL, for which nobody may be reading the relation. Who waits
    for readers makes new ones wait too, so that it is given up after a while, and says
    who they are. -#}
{% macro exclusively(relation, statements) -%}
    do $exclusively$
    declare
        usual constant text := current_setting('lock_timeout');
        kept record;
        readers text;
    begin
        perform set_config(
            'lock_timeout', '{{ fast_dau.setting("lock_timeout_seconds") }}s', true
        );
        {{ statements }};
        perform set_config('lock_timeout', usual, true);
    exception when lock_not_available then
        select string_agg(
            concat(
                'session ', pid, ' of ', usename,
                ' (' || nullif(application_name, '') || ')',
                ', in a transaction since ' || to_char(xact_start, 'HH24:MI:SS')
            ), '; '
        ) into readers
        from pg_locks join pg_stat_activity using (pid)
        where relation = to_regclass('{{ relation }}') and granted
            and pid <> pg_backend_pid();
        raise exception
            'fast-dau: % is to be changed, but was in use for more than % s: %',
            '{{ relation.schema }}.{{ relation.identifier }}',
            {{ fast_dau.setting('lock_timeout_seconds') }}, coalesce(readers, 'by nobody any more')
            using hint = 'It is as it was. Run again once they have ended; '
                'select pg_terminate_backend(number) ends a session.';
    end $exclusively$
{%- endmacro %}
