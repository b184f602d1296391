-- What an ordinary write pays is the comparison. A zone given as an interval shifts the
-- clock, and gives it as UTC without an offset, in one call and without looking up a
-- zone's name.
create or replace trigger fast_dau_log_insert
after insert on {events} for each row
when ({new_is_old})
execute function {log}({days}, {digest}, {reading});

-- By the columns of an event: others may be of a type without equality, such as json. Of two
-- of them equal is not the same: jsonb's 1.0 and 1.00, and texts whose collation leaves
-- out case. It is looked at for old events alone, as it stands after the times.
create or replace trigger fast_dau_log_update
after update on {events} for each row
when (
    (
        {old_is_old}
        or {new_is_old}
    )
    and ({old_columns}) is distinct from ({new_columns})
)
execute function {log}({days}, {digest}, {reading});

create or replace trigger fast_dau_log_delete
after delete on {events} for each row
when ({old_is_old})
execute function {log}({days}, {digest}, {reading});

create or replace trigger fast_dau_log_truncate
after truncate on {events} for each statement
execute function {log}({days}, {digest}, {reading});

-- Rows that logical replication applies are logged too.
alter table {events}
    enable always trigger fast_dau_log_insert,
    enable always trigger fast_dau_log_update,
    enable always trigger fast_dau_log_delete,
    enable always trigger fast_dau_log_truncate;
