-- What an ordinary write pays is the comparison. A zone given as an interval shifts the
-- clock, and gives it as UTC without an offset, in one call and without looking up a
-- zone's name; {age} stands for so many hours ago.
create or replace trigger fast_dau_log_insert
after insert on {events} for each row
when (new.performed_at < timezone(interval {age}, now()))
execute function {log}({days}, {digest});

-- By the five columns: others may be of a type without equality, such as json. Of two
-- of them equal is not the same: jsonb's 1.0 and 1.00, and texts whose collation leaves
-- out case. It is looked at for old events alone, as it stands after the times.
create or replace trigger fast_dau_log_update
after update on {events} for each row
when (
    (
        old.performed_at < timezone(interval {age}, now())
        or new.performed_at < timezone(interval {age}, now())
    )
    and (
        old.user_id,
        old.course_id,
        old.performed_at,
        old.kind collate "C",
        old.properties::text
    ) is distinct from (
        new.user_id,
        new.course_id,
        new.performed_at,
        new.kind collate "C",
        new.properties::text
    )
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
