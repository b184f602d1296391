-- The pipeline's database role: it reads the events, owns the rollup's tables, and can
-- do nothing else. Run it in the database of the events, as a superuser, or as their
-- owner with CREATEROLE and CREATE on the database:
--
--     psql -d product -f deploy/pipeline_role.sql
--     psql -d product -c '\password fast_dau_pipeline'
--
-- The second command asks for the password, which so is in no file, no list of
-- processes and no log. Other names: -v role= -v events_schema= -v events_table=
-- -v rollup_schema=. Running it again changes nothing; do so after
-- the first `fast-dau init --change-log`, which makes tables that the role has to write.

\set ON_ERROR_STOP on
\if :{?role} \else \set role fast_dau_pipeline \endif
\if :{?events_schema} \else \set events_schema public \endif
\if :{?events_table} \else \set events_table events \endif
\if :{?rollup_schema} \else \set rollup_schema analytics \endif

begin;

-- What follows is one block, in which psql puts no variables.
select
    set_config('pipeline.role', :'role', true) as role,
    set_config('pipeline.events_schema', :'events_schema', true) as events_schema,
    set_config('pipeline.events_table', :'events_table', true) as events_table,
    set_config('pipeline.rollup_schema', :'rollup_schema', true) as rollup_schema;

do $pipeline$
declare
    role constant text := current_setting('pipeline.role');
    events_schema constant text := current_setting('pipeline.events_schema');
    rollup_schema constant text := current_setting('pipeline.rollup_schema');
    events constant regclass := to_regclass(
        format('%I.%I', events_schema, current_setting('pipeline.events_table'))
    );
    change_log regclass;
    log_rollups regclass;
    rollup_state regclass;
    model_vars jsonb;
    entry record;
begin

if events is null then
    raise 'there is no events table %.%', events_schema,
        current_setting('pipeline.events_table')
        using hint = 'Make it with `fast-dau init`, or name yours with -v events_table=';
end if;
if rollup_schema = events_schema then
    raise 'the rollup needs a schema other than that of the events, %', events_schema
        using hint = 'The role may make tables in the one, and none in the other.';
end if;

if not exists (select from pg_roles where rolname = role) then
    execute format('create role %I login', role);
end if;
select * into entry from pg_roles where rolname = role;
if entry.rolsuper or entry.rolcreatedb or entry.rolcreaterole or entry.rolreplication
    or entry.rolbypassrls
then
    raise 'the role % has rights over the whole server', role
        using hint = 'Choose another name with -v role=';
end if;
select relowner::regrole as owner, relrowsecurity as hides_rows into entry
from pg_class where oid = events;
if pg_has_role(role, entry.owner, 'member') then
    raise 'the role % owns the events, and so may write them', role
        using hint = 'Choose another name with -v role=';
end if;
if entry.hides_rows then
    raise warning '% has row-level security: give % a policy that shows every event, '
        'or they are not counted', events, role;
end if;

-- Runs keep differences in temporary tables.
execute format('revoke all on database %I from %I', current_database(), role);
execute format('grant connect, temporary on database %I to %I', current_database(), role);

execute format('revoke all on schema %I from %I', events_schema, role);
execute format('grant usage on schema %I to %I', events_schema, role);
execute format('revoke all on %s from %I', events, role);
execute format('grant select on %s to %I', events, role);

-- The log has the name of its function; runs delete the entries that every rollup has
-- handled. Which rollups there are, each notes in a table beside it, whose name is that of
-- the events, cut where it would be longer than 63 bytes.
select to_regclass(format('%I.%I', nspname, proname)) into change_log
from pg_trigger
    join pg_proc on pg_proc.oid = tgfoid
    join pg_namespace on pg_namespace.oid = pronamespace
where tgrelid = events and tgname = 'fast_dau_log_insert';
if change_log is not null then
    execute format('revoke all on %s from %I', change_log, role);
    execute format('grant select, delete on %s to %I', change_log, role);
    select to_regclass(format('%I.%I', events_schema, base || '_change_log_rollups'))
    into log_rollups
    from pg_class,
        lateral (
            select left(relname, n) as base
            from generate_series(length(relname), 0, -1) as n
            where octet_length(left(relname, n) || '_change_log_rollups') <= 63
            limit 1
        ) as cut
    where oid = events;
end if;
if log_rollups is not null then
    execute format('revoke all on %s from %I', log_rollups, role);
    execute format('grant select, insert, update, delete on %s to %I', log_rollups, role);
end if;

-- The tables are the role's; the schema is not, so that it cannot be given away.
if to_regnamespace(quote_ident(rollup_schema)) is null then
    execute format('create schema %I', rollup_schema);
end if;
execute format('grant usage, create on schema %I to %I', rollup_schema, role);

-- A rollup that was built by another user is handed over. Each of its tables is known to
-- replication by an index, and its views are noted in its state.
rollup_state := to_regclass(format('%I.rollup_state', rollup_schema));
if rollup_state is not null then
    execute format('select model_vars from %s', rollup_state) into model_vars;
end if;
for entry in
    select oid::regclass as name from pg_class
    where relnamespace = to_regnamespace(quote_ident(rollup_schema))
        and relkind in ('r', 'v')
        and relowner <> to_regrole(quote_ident(role))
        and relowner = (select relowner from pg_class where oid = rollup_state)
        and (
            relname in ('rollup_state', 'pending_days', 'moved_days', 'erased_counts')
            or relreplident = 'i'
            or model_vars ? relname
        )
loop
    execute format('alter table %s owner to %I', entry.name, role);
end loop;

-- What somebody has granted to everybody, or to the role besides, is not taken back, but
-- named.
for entry in
    select format('member of %s', roleid::regrole) as what
    from pg_auth_members where member = to_regrole(quote_ident(role))
    union all
    select format('create schemas in the database %I', current_database())
    where has_database_privilege(role, current_database(), 'create')
    union all
    select format('create tables in the schema %I', nspname)
    from pg_namespace
    where has_schema_privilege(role, oid, 'create')
        and nspname not in (rollup_schema, 'information_schema')
        and nspname !~ '^pg_'
    union all
    select format('use the table %s', pg_class.oid::regclass)
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where relkind in ('r', 'p', 'v', 'm', 'f')
        and pg_class.oid is distinct from log_rollups
        and has_schema_privilege(role, relnamespace, 'usage')
        and nspname not in (rollup_schema, 'information_schema')
        and nspname !~ '^pg_'
        and (
            has_any_column_privilege(role, pg_class.oid, 'insert, update, references')
            or has_table_privilege(role, pg_class.oid, 'truncate, trigger')
            or (
                has_table_privilege(role, pg_class.oid, 'delete')
                and pg_class.oid is distinct from change_log
            )
            or (
                has_any_column_privilege(role, pg_class.oid, 'select')
                and pg_class.oid is distinct from change_log
                and pg_class.oid <> events
            )
        )
loop
    raise warning 'the role % may do more than its work: %', role, entry.what
        using hint = 'Revoke it from the role, or from PUBLIC, which is every role.';
end loop;

end
$pipeline$;

commit;
