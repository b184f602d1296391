-- What makes a role, or the group that it joins, more than a reader of the results: what
-- it may itself, or as a role that it is a member of. `public` stands for everybody.
with roles as (
    select acting.*
    from pg_roles as subject
    join pg_roles as acting
        on acting.oid = subject.oid
        or (not subject.rolsuper and pg_has_role(subject.oid, acting.oid, 'member'))
    where subject.rolname in (%(name)s, %(group)s)
),

subjects as (
    select rolname::text as role from roles where not rolsuper and rolname !~ '^pg_'
    union
    select 'public'
),

events as (
    select pg_class.oid, relowner, relnamespace
    from unnest(%(events)s::text[]) as names (name)
    join pg_class on pg_class.oid = to_regclass(names.name)
),

results as (
    select pg_class.oid, relowner
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = %(schema)s and relkind in ('r', 'p', 'v', 'm', 'f')
),

owned as (
    select relowner as owner, oid::regclass::text as what from events
    union all
    select relowner, 'the results' from results
    union all
    select nspowner, 'the results' from pg_namespace where nspname = %(schema)s
    union all
    select datdba, 'a database' from pg_database
)

select rolname::text as role, unnest(array_remove(array[
    case when rolsuper then 'is a superuser' end,
    case when rolcreaterole then 'may create roles' end,
    case when rolcreatedb then 'may create databases' end,
    case when rolreplication then 'may copy the whole server (REPLICATION)' end,
    case when rolbypassrls then 'passes row-level security by' end,
    case when rolname ~ '^pg_' then 'has the rights of ' || rolname end
], null)) as what
from roles
union
select rolname, 'owns ' || what from roles join owned on owner = roles.oid
union
select role, 'may use ' || oid::regclass from subjects cross join events
where has_schema_privilege(role, relnamespace, 'usage')
    and (
        has_any_column_privilege(role, oid, 'select, insert, update, references')
        or has_table_privilege(role, oid, 'delete, truncate, trigger')
    )
union
select role, 'may change the results' from subjects cross join results
where has_any_column_privilege(role, oid, 'insert, update, references')
    or has_table_privilege(role, oid, 'delete, truncate, trigger')
union
select role, 'may create tables beside the results' from subjects cross join pg_namespace
where nspname = %(schema)s and has_schema_privilege(role, oid, 'create')
union
select role, 'may create schemas' from subjects
where has_database_privilege(role, current_database(), 'create')
order by 1, 2
