"""Tries on an empty copy of a table whether it can have an index."""

from orchestration.core.connection import Connection

# Values that depend on the session's settings, such as its time zone, cannot be in an
# index. In a transaction that only reads, nothing is tried.
_TRIAL = """
select set_config('fast_dau.is_possible', 'yes', false);
do $fast_dau_trial$
begin
    create temp table fast_dau_trial (like {table}) on commit drop;
    create index on fast_dau_trial {definition};
    drop table fast_dau_trial;
exception
    when invalid_object_definition then
        perform set_config('fast_dau.is_possible', 'no', false);
    when others then null;
end
$fast_dau_trial$;
select current_setting('fast_dau.is_possible') = 'yes'
"""


def may_be_in_an_index(connection: Connection, name: str, definition: str) -> bool:
    """Tell whether a table, quoted, can have an index of a definition.

    Where that cannot be tried: yes.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TRIAL.format(table=name, definition=definition))
        return cursor.fetchall() == [(True,)]
