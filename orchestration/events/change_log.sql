do $install$
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
    'Changes of old events, for the next run of fast-dau, which deletes what it has '
    'handled. Remove it with fast-dau init --no-change-log: without it, changes fail.';
comment on column {log}.performed_at is
    'UTC time of a changed event, old or new; null: any event may have changed.';
comment on column {log}.transaction_id is 'The transaction of the change.';
comment on column {log}.logged_at is 'When that transaction began.';
comment on column {log}.operation is 'insert, update, delete, truncate or install.';

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
    foreach moment in array array[old.performed_at, new.performed_at] loop
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

-- What an ordinary write pays is the comparison. A zone given as an interval shifts the
-- clock, and gives it as UTC without an offset, in one call and without looking up a
-- zone's name; {age} stands for so many hours ago.
create or replace trigger fast_dau_log_insert
after insert on {events} for each row
when (new.performed_at < timezone(interval {age}, now()))
execute function {log}({days}, {digest});

-- By the five columns: others may be of a type without equality, such as json.
create or replace trigger fast_dau_log_update
after update on {events} for each row
when (
    (
        old.performed_at < timezone(interval {age}, now())
        or new.performed_at < timezone(interval {age}, now())
    )
    and (old.user_id, old.course_id, old.kind, old.performed_at, old.properties)
    is distinct from
    (new.user_id, new.course_id, new.kind, new.performed_at, new.properties)
)
execute function {log}({days}, {digest});

create or replace trigger fast_dau_log_delete
after delete on {events} for each row
when (old.performed_at < timezone(interval {age}, now()))
execute function {log}({days}, {digest});

create or replace trigger fast_dau_log_truncate
after truncate on {events} for each statement
execute function {log}({days}, {digest});

-- Rows that logical replication applies are logged too.
alter table {events}
    enable always trigger fast_dau_log_insert,
    enable always trigger fast_dau_log_update,
    enable always trigger fast_dau_log_delete,
    enable always trigger fast_dau_log_truncate;

-- Nobody watched until now, so that every day may have changed.
insert into {log} (operation) values ('install');

end
$install$
