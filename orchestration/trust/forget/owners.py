"""Runs statements with the rights of a table's owner, and with no others.

Triggers, rules, policies, checks and views run with the rights of whoever uses the
table. Their author may be the pipeline's role, which must not get the rights of the
events' owner or of a superuser. `set role` alone does not see to that, as any trigger
may say `reset role`; within a function that is `security definer` neither is allowed.
"""

from collections.abc import Sequence

from psycopg2 import sql
from psycopg2.extensions import encodings

from orchestration.core.connection import Connection
from orchestration.core.errors import Failure, UserError
from orchestration.core.settings import TableName
from orchestration.core.statements import filled, identifier, rows

_OWNERS = """
select distinct
    rolname::text,
    pg_class.relowner,
    pg_has_role(pg_class.relowner, 'member'),
    current_user::text
from unnest(%s::text[]) as names (name)
join pg_class on pg_class.oid = to_regclass(names.name)
join pg_roles on pg_roles.oid = pg_class.relowner
"""

# Seen by nobody else, as it goes with the transaction. What waits for the end of that,
# where it would have our rights, is made to happen here.
_FUNCTION = """
create or replace function {function}(statement text, is_query boolean) returns text[]
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set row_security = off
as $act$
declare
    answers text[];
    row_count bigint;
begin
    if is_query then
        execute format(
            'select array(select answer::text from (%s) as found (answer))', statement
        ) into answers;
    else
        execute statement;
        get diagnostics row_count = row_count;
        answers := array[row_count];
    end if;
    set constraints all immediate;
    return answers;
end $act$
"""

# A trigger can put off others again; from this version on they keep the rights of the
# statement that caused them, to the transaction's end.
_KEPT_RIGHTS_SINCE = 180_000
_WAITING = """
select format('%%I on %%s', tgname, tgrelid::regclass)
from pg_trigger
join pg_class on pg_class.oid = tgrelid
join pg_proc on pg_proc.oid = tgfoid
where relowner = any(%s::oid[]) and tgdeferrable and proname not like 'RI\\_FKey\\_%%'
order by 1
"""


class Owner:
    """A role that owns tables; statements run as its own. See `Owners.of`.

    `is_user`: it is the role of the connection.
    """

    def __init__(
        self,
        connection: Connection,
        function: sql.Identifier,
        name: str,
        *,
        is_user: bool,
    ) -> None:
        self.name = name
        self.is_user = is_user
        self._connection = connection
        self._function = function

    def answers(
        self, query: str, *arguments: object, **names: sql.Composable
    ) -> list[str | None]:
        """Run a query of one column, with names in its braces; return that as text."""
        return self._act(query, arguments, names, is_query=True)

    def changed(self, query: str, *arguments: object, **names: sql.Composable) -> int:
        """Run another statement; return how many rows it changed."""
        return int(self._act(query, arguments, names, is_query=False)[0] or 0)

    def _act(
        self,
        query: str,
        arguments: Sequence[object],
        names: dict[str, sql.Composable],
        *,
        is_query: bool,
    ) -> list[str | None]:
        with self._connection.cursor() as cursor:
            text = filled(cursor, query, arguments, names)
        statement = text.decode(encodings[self._connection.encoding])
        call = "select {function}(%s, %s)"
        found = rows(
            self._connection, call, statement, is_query, function=self._function
        )
        answers: list[str | None] = found[0][0]
        return answers


class Owners:
    """The owners of tables, within the connection's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._owners: dict[int, Owner] = {}
        self._others: list[int] = []

    def of(self, *tables: TableName) -> Owner:
        """Return the one role that owns these tables, which there are.

        Raises UserError where they have several, or the user may not act as theirs.
        """
        quoted = [identifier(table).as_string(self._connection) for table in tables]
        found = rows(self._connection, _OWNERS, quoted)
        if len(found) > 1:
            names = " and ".join(sorted(name for name, *_ in found))
            raise UserError(
                f"The tables of {tables[0].schema} belong to {names}: give all of them "
                "to the role of the runs. Nothing was changed."
            )
        ((name, oid, is_member, user),) = found
        if not is_member:
            raise UserError(
                f"{tables[0]} belongs to {name}, and is used with the rights of its "
                f"owner, so that nothing there gets others: `grant {name} to {user}`, "
                "or connect as a superuser. Nothing was changed."
            )
        if oid not in self._owners:
            self._owners[oid] = self._owner(name, oid, is_user=name == user)
            if name != user:
                self._others.append(oid)
        return self._owners[oid]

    def refuse_what_waits(self) -> None:
        """Raise Failure where others' code might run as the transaction ends."""
        if self._connection.server_version >= _KEPT_RIGHTS_SINCE:
            return
        if found := rows(self._connection, _WAITING, self._others):
            names = ", ".join(name for (name,) in found)
            raise Failure(
                f"Deferrable triggers or constraints ({names}) might run with your "
                "rights: drop them, or connect as their owner. Nothing was changed."
            )

    def _owner(self, name: str, oid: int, *, is_user: bool) -> Owner:
        function = sql.Identifier("pg_temp", f"fast_dau_as_{oid}")
        set_role = "select set_config('role', %s, true)"
        ((usual,),) = rows(self._connection, "select current_setting('role')")
        rows(self._connection, set_role, name)
        rows(self._connection, _FUNCTION, function=function)
        rows(self._connection, set_role, usual)
        return Owner(self._connection, function, name, is_user=is_user)
