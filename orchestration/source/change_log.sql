do $install$
declare
    reader record;
begin

-- No index and no constraint on it: writers never wait for each other.
create table if not exists {log} (
    performed_at timestamp,
    transaction_id xid8 not null default pg_current_xact_id(),
    logged_at timestamptz not null default now(),
    operation text not null
);
alter table {log} owner to {owner};
-- Runs delete entries, which a publication of the whole schema forbids without it.
alter table {log} replica identity full;
comment on table {log} is
    'Changes of old events, for the next run of each rollup; what all of them have '
    'handled is deleted. Remove it with fast-dau init --no-change-log: without it, changes fail.';
comment on column {log}.performed_at is
    'UTC time of a changed event, old or new; null: any event may have changed.';
comment on column {log}.transaction_id is 'The transaction of the change.';
comment on column {log}.logged_at is 'When that transaction began.';
comment on column {log}.operation is 'insert, update, delete, truncate or install.';

-- One row for each rollup that reads the log, which waits for all of them.
create table if not exists {rollups} (
    rollup text primary key,
    server text not null,
    snapshot pg_snapshot,
    watched text,
    read_at timestamptz not null
);
alter table {rollups} owner to {owner};
comment on table {rollups} is
    'Which rollups read the change log: an entry is deleted when all of them have '
    'handled it. Runs write it; fast-dau init --strike-off takes a rollup out.';
comment on column {rollups}.rollup is 'The schema of the rollup''s state.';
comment on column {rollups}.server is 'The server and database that snapshot is of.';
comment on column {rollups}.snapshot is 'Whose changes the rollup has handled.';
comment on column {rollups}.watched is
    'Which tables of events there were then, and the triggers that watched them.';
comment on column {rollups}.read_at is 'When the rollup last read the log.';

-- Who handles entries, also those of an earlier version, notes it there.
for reader in
    select distinct
        case when grantee = 0 then 'public' else grantee::regrole::text end as name
    from pg_class, aclexplode(relacl)
    where pg_class.oid = {log_name}::regclass
        and privilege_type = 'DELETE' and grantee <> relowner
loop
    execute format(
        'grant select, insert, update, delete on %s to %s',
        {rollups_name}::regclass, reader.name
    );
end loop;

-- Its owner's rights, so that the application needs none on the log. A later change
-- within the same minute and transaction needs no entry: it is of the same day in any
-- time zone, whose offsets have been whole minutes since 1972. The setting ends with
-- the transaction; a rollback to a savepoint takes it back together with the entry.
create or replace function {log}() returns trigger
language plpgsql security definer set search_path to pg_catalog, pg_temp
as $function$
declare
    moment timestamp;
    minute text;
begin
    if tg_op = 'TRUNCATE' then
        insert into {log} (operation) values ('truncate');
        return null;
    end if;
    -- An inserted row has no old time, a deleted one no new time: null, as in an event
    -- without a time, which is of no day.
    foreach moment in array array[{old_time}, {new_time}]::timestamp[] loop
        continue when isfinite(moment) is not true;
        minute := tg_relid || ' ' || floor(date_part('epoch', moment) / 60);
        if moment < '1972-02-01'
            or minute is distinct from current_setting('fast_dau.logged_minute', true)
        then
            insert into {log} (performed_at, operation) values (moment, lower(tg_op));
            perform set_config('fast_dau.logged_minute', minute, true);
        end if;
    end loop;
    return null;
end
$function$;
alter function {log}() owner to {owner};
revoke all on function {log}() from public;

{drops}

{triggers}

-- Nobody watched until now, so that every day may have changed.
insert into {log} (operation) values ('install');

end
$install$
