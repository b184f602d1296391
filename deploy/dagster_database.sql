-- Dagster's own storage: a database, and the role that owns it. Run it on any server,
-- as a superuser, or as a user with CREATEROLE and CREATEDB:
--
--     psql -d postgres -f deploy/dagster_database.sql
--     psql -d postgres -c '\password dagster'
--
-- Other names: -v role= -v database=. Running it again changes nothing.

\set ON_ERROR_STOP on
\if :{?role} \else \set role dagster \endif
\if :{?database} \else \set database dagster \endif

select format('create role %I login', :'role')
where not exists (select from pg_roles where rolname = :'role')
\gexec

-- Who makes a database for another role has to be a member of it.
select format('grant %I to current_user', :'role')
where not (select rolsuper from pg_roles where rolname = current_user)
    and not exists (select from pg_database where datname = :'database')
\gexec

select format('create database %I owner %I', :'database', :'role')
where not exists (select from pg_database where datname = :'database')
\gexec

-- Run logs are nobody else's business.
revoke connect, temporary on database :"database" from public;
